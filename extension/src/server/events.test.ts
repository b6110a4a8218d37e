import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { readEvents, threadsIn, titleOf, unreadOf, type ShownEvent } from "./events";

const golden = new URL("../../../tests/contract/events/", import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, golden), "utf8")) as Record<string, unknown>;
const names = readdirSync(golden).filter((name) => name.endsWith(".json"));

test.each(names)("the event in %s is shown with its sentence", (name) => {
  const event = read(name) as { verdict: { sentence: string } };
  expect(event.verdict.sentence).toBeTruthy();
  expect(readEvents([event])).toMatchObject([{ sentence: event.verdict.sentence }]);
});

test("an event of an unknown kind is shown by its sentence and its subject", () => {
  const [shown] = readEvents([{ ...read("opened-directly.json"), kind: "made-up", verdict: { sentence: "Something new happened" } }]);
  expect(shown).toMatchObject({ kind: "made-up", subject: "Offer 12", sentence: "Something new happened" });
  expect(shown && titleOf(shown)).toBe("Offer 12");
});

test("an event of an unknown kind that concerns no mail is shown by its sentence", () => {
  const event = { number: 1, kind: "made-up", time: "2026-11-23T09:30:00.250Z", message: null, verdict: { sentence: "Backup finished" } };
  const [shown] = readEvents([event]);
  expect(shown).toMatchObject({ messageId: "", sentence: "Backup finished" });
  expect(shown && titleOf(shown)).toBe("Sealbreak");
});

test("the daily summary is named by its kind", () => {
  const [shown] = readEvents([read("digest.json")]);
  expect(shown && titleOf(shown)).toBe("Daily summary");
});

test("an event without a mail and without a sentence is left out", () => {
  const erased = { number: 50, kind: "erased", time: "2026-11-23T10:00:00.000Z", message: null, verdict: null };
  expect(readEvents([erased])).toEqual([]);
});

test.each([null, 1, {}, { number: 1, kind: "opened" }, { number: 1, kind: "opened", time: "x", message: {} }])(
  "%j is not an event",
  (value) => {
    expect(readEvents([value])).toEqual([]);
  },
);

test("events that were read elsewhere or are quiet are not unread", () => {
  const event = (number: number, quiet = false) => ({ number, quiet }) as ShownEvent;
  expect(unreadOf({ events: [event(1), event(2), event(3, true), event(4)], readUpTo: 1 })).toBe(2);
});

test("an event names the account and the conversation of its mail, where the server knows them", () => {
  const opened = (number: number, gmail?: unknown) => ({ number, kind: "opened", time: "2026-11-23T09:30:00.250Z", message: { id: "aaaaaaaaaaaaaaaa", subject: "Offer", gmail } });
  const events = [opened(1), opened(2, null), opened(3, { thread: "18a0000000000001", account: "ann@example.com" }), opened(4, { thread: 1, account: null }), null];
  expect(readEvents(events).map(({ account }) => account)).toEqual([null, null, "ann@example.com", null]);
  expect(threadsIn(events)).toEqual(["18a0000000000001"]);
});
