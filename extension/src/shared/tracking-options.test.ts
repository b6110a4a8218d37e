import { expect, test } from "vitest";
import { NO_OVERRIDES, effectiveOptions, domainsOf, withSwitch, defaultsFor, type TrackingDefaults } from "./tracking-options";

const all = { on: true, opens: true, links: true };
const defaults: TrackingDefaults = { tracking: true, opens: true, links: true, domains: {} };

test("without recipients the default holds", () => {
  expect(defaultsFor([], defaults)).toEqual(all);
});

test("a domain's choice takes the place of the default", () => {
  const off = { ...defaults, tracking: false, domains: { "example.org": all } };
  expect(defaultsFor(["Cleo@Example.org"], off)).toEqual(all);
});

test("of several recipients the most private choice holds", () => {
  const mixed = { ...defaults, domains: { "example.org": { on: true, opens: false, links: true } } };
  expect(defaultsFor(["ben@example.com", "cleo@example.org"], mixed).opens).toBe(false);
});

test("a name of an object's own makes no domain", () => {
  expect(defaultsFor(["ben@constructor"], defaults)).toEqual(all);
});

test("the choice for a mail is stronger than what is usual", () => {
  expect(effectiveOptions({ ...NO_OVERRIDES, opens: false }, [], defaults)).toEqual({ on: true, opens: false, links: true });
});

test("a mail of which nothing is tracked is off", () => {
  expect(effectiveOptions({ ...NO_OVERRIDES, opens: false, links: false }, [], defaults).on).toBe(false);
});

test("switched on again it tracks something", () => {
  const nothing = { ...NO_OVERRIDES, opens: false, links: false };
  const on = withSwitch(nothing, true, effectiveOptions(nothing, [], defaults));
  expect(effectiveOptions(on, [], defaults)).toEqual(all);
});

test("the domains of the recipients are listed once each", () => {
  expect(domainsOf(["a@example.com", "b@EXAMPLE.com", "c@example.org"])).toEqual(["example.com", "example.org"]);
});
