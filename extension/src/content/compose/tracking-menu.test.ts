import { expect, test } from "vitest";
import { NO_OVERRIDES, effectiveOptions, type TrackingOverrides, type TrackingOptions } from "../../shared/tracking-options";
import { DEFAULTS, type Settings } from "../../shared/settings";
import { untracked, type Decision } from "../../tracking/decision";
import { menuGroups } from "./tracking-menu";

const links = [{ url: "https://example.com/a", text: "this page" }];

/** The items by name, and the result of pressing each. */
function menu(given: { overrides?: Partial<TrackingOverrides>; settings?: Partial<Settings>; recipients?: string[]; decision?: Decision } = {}) {
  const overrides = { ...NO_OVERRIDES, ...given.overrides };
  const settings = { ...DEFAULTS, ...given.settings };
  const recipients = given.recipients ?? ["ben@example.com"];
  const said: { overrides?: TrackingOverrides; remembered?: [string | null, TrackingOptions | null] } = {};
  const options = effectiveOptions(overrides, recipients, settings);
  const decision = given.decision ?? (options.on ? { tracked: true, options } : untracked("off"));
  const facts = { overrides, decision, options, links, recipients, settings };
  const groups = menuGroups(facts, {
    override: (next) => { said.overrides = next; },
    remember: (...options) => { said.remembered = options; },
  });
  const items = groups.flatMap((group) => group.items);
  const find = (name: string) => items.find((item) => item.name === name);
  return {
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
