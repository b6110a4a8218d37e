import { expect, test } from "vitest";
import { NO_OVERRIDES, effectiveOptions, type TrackingOverrides, type TrackingOptions } from "../../shared/tracking-options";
import { DEFAULTS, type Settings } from "../../shared/settings";
import { untracked, type Decision } from "../../tracking/decision";
import type { DraftLink } from "../../hosts/host";
import { menuGroups } from "./tracking-menu";

const PAGE: DraftLink = { url: "https://example.com/a", text: "this page", decision: "wrap" };
const ADDRESS: DraftLink = { url: "https://www.example.org/b", text: "www.example.org/b", decision: "text-is-url" };

interface Given {
  overrides?: Partial<TrackingOverrides>;
  settings?: Partial<Settings>;
  recipients?: string[];
  links?: DraftLink[];
  decision?: Decision;
}

/** The items by name, and the result of pressing each. */
function menu(given: Given = {}) {
  const overrides = { ...NO_OVERRIDES, ...given.overrides };
  const settings = { ...DEFAULTS, ...given.settings };
  const recipients = given.recipients ?? ["ben@example.com"];
  const links = given.links ?? [PAGE];
  const said: { always?: boolean; never?: [string, boolean]; overrides?: TrackingOverrides; remembered?: [string | null, TrackingOptions | null] } = {};
  const options = effectiveOptions(overrides, recipients, settings);
  const decision = given.decision ?? (options.on ? { tracked: true, options } : untracked("off"));
  const facts = { overrides, decision, options, links, recipients, settings };
  const groups = menuGroups(facts, {
    override: (next) => { said.overrides = next; },
    remember: (...options) => { said.remembered = options; },
    wrapUrlText: (on) => { said.always = on; },
    neverWrap: (...site) => { said.never = site; },
  });
  const items = groups.flatMap((group) => group.items);
  const find = (name: string) => items.find((item) => item.name === name);
  return {
    names: items.map(({ name }) => name),
    text: (name: string) => find(name)?.text,
    notes: groups.flatMap(({ notes = [] }) => notes),
    checked: (name: string) => find(name)?.checked,
    press: (name: string) => {
      find(name)?.run();
      return said;
    },
  };
}

test("unchecking opens leaves only the links tracked", () => {
  expect(menu().press("opens").overrides).toMatchObject({ on: true, opens: false, links: true });
});

test("unchecking both switches the mail off, and checking one switches it on again", () => {
  const off = menu({ overrides: { opens: false } }).press("links").overrides;
  expect(off).toMatchObject({ on: false, opens: false, links: false });
  expect(menu({ overrides: { ...off } }).press("opens").overrides).toMatchObject({ on: true, opens: true, links: false });
});

test("a link is excluded by its address, and included again", () => {
  const { overrides } = menu().press("link https://example.com/a");
  expect(overrides?.skip).toEqual(["https://example.com/a"]);
  expect(menu({ overrides: { ...overrides } }).press("link https://example.com/a").overrides?.skip).toEqual([]);
});

test("links are listed only when links are tracked", () => {
  expect(menu({ overrides: { links: false } }).checked("link https://example.com/a")).toBeUndefined();
});

test("the item for all mail is checked when the options are the default", () => {
  expect(menu().checked("all")).toBe(true);
  expect(menu({ overrides: { links: false } }).checked("all")).toBe(false);
});

test("options can be remembered for a recipient's domain and forgotten", () => {
  const options = { on: true, opens: true, links: false };
  const overrides = { links: false };
  expect(menu({ overrides }).press("domain example.com").remembered).toEqual(["example.com", options]);
  const settings = { domains: { "example.com": options } };
  expect(menu({ overrides, settings }).checked("domain example.com")).toBe(true);
  expect(menu({ overrides, settings }).press("domain example.com").remembered).toEqual(["example.com", null]);
});

test("a mail that cannot be tracked offers nothing to track", () => {
  const cannot = menu({ decision: untracked("do-not-track") });
  expect([cannot.checked("opens"), cannot.checked("links"), cannot.checked("all")]).toEqual([undefined, undefined, true]);
});

test("links whose text is an address are left alone, counted, and tracked with one click", () => {
  const links = [PAGE, ADDRESS];
  expect(menu({ links }).names).not.toContain(`link ${ADDRESS.url}`);
  expect([menu({ links }).text("url-text"), menu({ links }).checked("url-text")]).toEqual(["1 link whose text is an address", false]);
  const { overrides } = menu({ links }).press("url-text");
  expect(overrides?.urlText).toBe(true);
  expect(menu({ links, overrides: { ...overrides } }).names).toContain(`link ${ADDRESS.url}`);
  expect(menu({ links }).press("always-url-text").always).toBe(true);
  expect(menu({ links, settings: { urlText: true } }).press("url-text").overrides?.urlText).toBe(false);
});

test("a domain is never tracked again with one click, and is tracked again with another", () => {
  expect(menu().press("never example.com").never).toEqual(["example.com", true]);
  const never: DraftLink = { ...PAGE, url: "https://shop.example.com/", decision: "never" };
  const after = { links: [never], settings: { neverWrap: ["example.com"] } };
  expect(menu(after).checked("never shop.example.com")).toBe(true);
  expect(menu(after).press("never shop.example.com").never).toEqual(["example.com", false]);
});

test("an address without a name has no item, since no list could contain it", () => {
  const links = ["https://192.0.2.7/a", "https://[2001:db8::1]/a"].map((url): DraftLink => ({ ...PAGE, url }));
  expect(menu({ links }).names.filter((name) => name.startsWith("never"))).toEqual([]);
});

test("the other links that are left alone are counted with the reason", () => {
  const links: DraftLink[] = [PAGE, { ...PAGE, decision: "unsubscribe" }, { ...PAGE, decision: "too-long" }, { ...PAGE, decision: "too-long" }];
  expect(menu({ links }).notes).toEqual(["1 link left alone: to unsubscribe", "2 links left alone: too long to be wrapped"]);
  expect(menu({ links, overrides: { links: false } }).notes).toEqual([]);
});
