import { expect, test } from "vitest";
import { NO_CHOICE, chosen, domainsOf, switched, usualFor, type Usual } from "./tracking-options";

const all = { on: true, opens: true, links: true };
const usual: Usual = { tracking: true, opens: true, links: true, domains: {} };

test("without recipients the default holds", () => {
  expect(usualFor([], usual)).toEqual(all);
});

test("a domain's choice takes the place of the default", () => {
  const off = { ...usual, tracking: false, domains: { "example.org": all } };
  expect(usualFor(["Cleo@Example.org"], off)).toEqual(all);
});

test("of several recipients the most private choice holds", () => {
  const mixed = { ...usual, domains: { "example.org": { on: true, opens: false, links: true } } };
  expect(usualFor(["ben@example.com", "cleo@example.org"], mixed).opens).toBe(false);
});

test("a name of an object's own makes no domain", () => {
  expect(usualFor(["ben@constructor"], usual)).toEqual(all);
});

test("the choice for a mail is stronger than what is usual", () => {
  expect(chosen({ ...NO_CHOICE, opens: false }, [], usual)).toEqual({ on: true, opens: false, links: true });
});

test("a mail of which nothing is tracked is off", () => {
  expect(chosen({ ...NO_CHOICE, opens: false, links: false }, [], usual).on).toBe(false);
});

test("switched on again it tracks something", () => {
  const nothing = { ...NO_CHOICE, opens: false, links: false };
  const on = switched(nothing, true, chosen(nothing, [], usual));
  expect(chosen(on, [], usual)).toEqual(all);
});

test("the domains of the recipients are listed once each", () => {
  expect(domainsOf(["a@example.com", "b@EXAMPLE.com", "c@example.org"])).toEqual(["example.com", "example.org"]);
});
