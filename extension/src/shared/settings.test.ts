import { expect, test } from "vitest";
import { DEFAULTS, readSettings, remember } from "./settings";

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
