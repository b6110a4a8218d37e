import { expect, test } from "vitest";
import { NO_OVERRIDES, effectiveOptions, domainsOf, isNoOverride, mostPrivate, withSwitch, defaultsFor, type TrackingDefaults } from "./tracking-options";

const all = { on: true, opens: true, links: true };
const defaults: TrackingDefaults = { tracking: true, opens: true, links: true, domains: {} };

test("the default applies without recipients", () => {
  expect(defaultsFor([], defaults)).toEqual(all);
});

test("the options for a domain replace the default", () => {
  const off = { ...defaults, tracking: false, domains: { "example.org": all } };
  expect(defaultsFor(["Cleo@Example.org"], off)).toEqual(all);
});

test("with several recipients, the most private choice applies", () => {
  const mixed = { ...defaults, domains: { "example.org": { on: true, opens: false, links: true } } };
  expect(defaultsFor(["ben@example.com", "cleo@example.org"], mixed).opens).toBe(false);
});

test("a domain named like a property of every object has no options", () => {
  expect(defaultsFor(["ben@constructor"], defaults)).toEqual(all);
});

test("the overrides for a mail take precedence over the defaults", () => {
  expect(effectiveOptions({ ...NO_OVERRIDES, opens: false }, [], defaults)).toEqual({ on: true, opens: false, links: true });
});

test("a mail is off when nothing in it is tracked", () => {
  expect(effectiveOptions({ ...NO_OVERRIDES, opens: false, links: false }, [], defaults).on).toBe(false);
});

test("a mail that is switched on again tracks something", () => {
  const nothing = { ...NO_OVERRIDES, opens: false, links: false };
  const on = withSwitch(nothing, true, effectiveOptions(nothing, [], defaults));
  expect(effectiveOptions(on, [], defaults)).toEqual(all);
});

test("the domains of the recipients are listed once each", () => {
  expect(domainsOf(["a@example.com", "b@EXAMPLE.com", "c@example.org"])).toEqual(["example.com", "example.org"]);
});

test("the most private of several overrides tracks nothing that one of them excludes", () => {
  const all = [{ ...NO_OVERRIDES, on: true, links: true }, { ...NO_OVERRIDES, on: true, links: false, skip: ["https://example.com/a"] }];
  expect(mostPrivate(all)).toEqual({ on: true, opens: null, links: false, skip: ["https://example.com/a"], urlText: null });
  expect(mostPrivate([{ ...NO_OVERRIDES, urlText: true }, { ...NO_OVERRIDES, urlText: false }]).urlText).toBe(false);
});

test("a mail without overrides follows the defaults", () => {
  expect(isNoOverride(NO_OVERRIDES)).toBe(true);
  expect(isNoOverride({ ...NO_OVERRIDES, on: false })).toBe(false);
  expect(isNoOverride({ ...NO_OVERRIDES, urlText: true })).toBe(false);
});
