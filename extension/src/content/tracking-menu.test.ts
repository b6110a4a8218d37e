import { expect, test } from "vitest";
import { NO_CHOICE, chosen, type Choice, type What } from "../shared/tracking-options";
import { DEFAULTS, type Settings } from "../shared/settings";
import { menuGroups } from "./tracking-menu";

const links = [{ url: "https://example.com/a", text: "this page" }];

/** The items by name, and what pressing one leads to. */
function menu(given: { choice?: Partial<Choice>; settings?: Partial<Settings>; recipients?: string[] } = {}) {
  const choice = { ...NO_CHOICE, ...given.choice };
  const settings = { ...DEFAULTS, ...given.settings };
  const recipients = given.recipients ?? ["ben@example.com"];
  const said: { choice?: Choice; remembered?: [string | null, What | null] } = {};
  const facts = { choice, what: chosen(choice, recipients, settings), links, recipients, settings };
  const groups = menuGroups(facts, {
    choose: (next) => { said.choice = next; },
    remember: (...what) => { said.remembered = what; },
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

test("without the opens only the links are tracked", () => {
  expect(menu().press("opens").choice).toMatchObject({ on: true, opens: false, links: true });
});

test("without both the mail is off, and one of them switches it on again", () => {
  const off = menu({ choice: { opens: false } }).press("links").choice;
  expect(off).toMatchObject({ on: false, opens: false, links: false });
  expect(menu({ choice: { ...off } }).press("opens").choice).toMatchObject({ on: true, opens: true, links: false });
});

test("a link is taken out by its address, and taken in again", () => {
  const { choice } = menu().press("link https://example.com/a");
  expect(choice?.skip).toEqual(["https://example.com/a"]);
  expect(menu({ choice: { ...choice } }).press("link https://example.com/a").choice?.skip).toEqual([]);
});

test("links are listed only where links are tracked", () => {
  expect(menu({ choice: { links: false } }).checked("link https://example.com/a")).toBeUndefined();
});

test("what is usual already is checked", () => {
  expect(menu().checked("all")).toBe(true);
  expect(menu({ choice: { links: false } }).checked("all")).toBe(false);
});

test("a choice can be remembered for a recipient's domain and forgotten", () => {
  const what = { on: true, opens: true, links: false };
  const choice = { links: false };
  expect(menu({ choice }).press("domain example.com").remembered).toEqual(["example.com", what]);
  const settings = { domains: { "example.com": what } };
  expect(menu({ choice, settings }).checked("domain example.com")).toBe(true);
  expect(menu({ choice, settings }).press("domain example.com").remembered).toEqual(["example.com", null]);
});
