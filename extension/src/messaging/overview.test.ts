import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { readEvents, unreadOf, type ShownEvent } from "./overview";

const golden = new URL("../../../tests/contract/events/", import.meta.url);
const event = (name: string): unknown => JSON.parse(readFileSync(new URL(name, golden), "utf8"));
const names = readdirSync(golden).filter((name) => name.endsWith(".json"));

test.each(names)("%s is shown with its sentence, or passed over", (name) => {
  const [shown] = readEvents([event(name)]);
  if (name === "unknown-kind.json") expect(shown).toBeUndefined();
  else expect(shown?.sentence).toBeTruthy();
});

test.each([null, 1, {}, { number: 1, kind: "opened" }, { number: 1, kind: "opened", time: "x", message: {} }])(
  "%j is no event",
  (value) => {
    expect(readEvents([value])).toEqual([]);
  },
);

test("what was read elsewhere or came quietly is not unread", () => {
  const event = (number: number, quiet = false) => ({ number, quiet }) as ShownEvent;
  expect(unreadOf({ events: [event(1), event(2), event(3, true), event(4)], readUpTo: 1 })).toBe(2);
});
