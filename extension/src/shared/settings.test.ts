import { expect, test } from "vitest";
import { DEFAULTS, readDomains, readSettings, remember, withEdit } from "./settings";

const all = { on: true, opens: true, links: true };

test.each([null, 1, {}, { domains: 1 }, { domains: { "example.com": null, "example.org": { on: 1 } } }])(
  "%j are read as settings with today's defaults",
  (stored) => {
    expect(readSettings(stored)).toEqual(DEFAULTS);
  },
);

test("options remembered for all mail become the default", () => {
  expect(remember(DEFAULTS, null, { on: false, opens: true, links: false })).toMatchObject({ tracking: false, links: false });
});

test("options remembered for a domain can be forgotten", () => {
  const kept = remember(DEFAULTS, "example.com", all);
  expect(readSettings(kept).domains).toEqual({ "example.com": all });
  expect(remember(kept, "example.com", null)).toEqual(DEFAULTS);
});

test.each(["doNotTrack", "neverWrap"] as const)("an edit of the list %s changes its own entries only", (list) => {
  const kept = withEdit(DEFAULTS, { list, add: ["a.example", "b.example"], remove: [] });
  expect(withEdit(kept, { list, add: ["c.example", "a.example"], remove: ["b.example"] })).toEqual({ ...DEFAULTS, [list]: ["c.example", "a.example"] });
});

test("what is no domain is named", () => {
  expect(readDomains("a.example, ann@example.com\nb.example;a.example")).toEqual({ entries: ["a.example", "b.example"], refused: ["ann@example.com"] });
});
