import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readAlertEvents, type AlertEvent } from "./alert-event";
import { alertsFor, loudOf } from "./folding";

interface EventOfCase {
  golden: string;
  changes: Record<string, unknown>;
}

interface Case {
  name: string;
  events: EventOfCase[];
  just_shown?: EventOfCase[];
  alerts: unknown[];
}

const contract = new URL("../../../tests/contract/", import.meta.url);
const readJson = (path: string) => JSON.parse(readFileSync(new URL(path, contract), "utf8")) as unknown;
const cases = readJson("alerts.json") as Case[];
const never = () => false;

function eventsOf(all: readonly EventOfCase[]): AlertEvent[] {
  return readAlertEvents(all.map(({ golden, changes }) => ({ ...(readJson(`events/${golden}.json`) as object), ...changes })));
}

test.each(cases)("$name: the alerts of the contract", ({ events, just_shown = [], alerts }) => {
  expect(alertsFor(loudOf(eventsOf(events)), eventsOf(just_shown), never)).toEqual(alerts);
});

const [OPENED] = eventsOf([{ golden: "opened-through-gmail", changes: {} }]);
const [REMINDER] = eventsOf([{ golden: "reminder", changes: {} }]);

test("a repeat says so, without a number", () => {
  expect(alertsFor(OPENED ? [OPENED] : [], [], () => true)).toMatchObject([
    { title: "Your mail to Ann, 'Offer 12', was opened again", body: "Opened, through Gmail" },
  ]);
});

test("of a kind that does not repeat, no alert says again", () => {
  const [alert] = alertsFor(REMINDER ? [REMINDER] : [], [], () => true);
  expect(alert?.title).not.toMatch(/again/);
});

test.each([null, 1, {}, { number: 1, kind: "opened" }, { number: 1, kind: "erased", message: null }])("%j causes no alert", (value) => {
  expect(readAlertEvents([value])).toEqual([]);
});
