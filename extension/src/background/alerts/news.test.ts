import { expect, test } from "vitest";
import type { AlertEvent } from "../../alerts/alert-event";
import { NO_ALERTS, isRepeat, withNews } from "./news";

const event = (number: number, changes: Partial<AlertEvent> = {}): AlertEvent => ({
  number,
  kind: "opened",
  message: "mfzwizltor2xs5dp",
  subject: "Offer 12",
  recipients: [],
  copy: 0,
  link: null,
  corrects: null,
  actor: "human",
  sentence: "Opened",
  quiet: false,
  ...changes,
});
const READY = { ...NO_ALERTS, after: 0 };

test("the first feed after pairing is no news", () => {
  const { state, news } = withNews(NO_ALERTS, [event(1), event(2)], 2);
  expect(news).toEqual([]);
  expect(withNews(state, [event(2), event(3)], 3).news).toEqual([event(3)]);
});

test("the first event of an account is news when the browser was paired before", () => {
  const { state } = withNews(NO_ALERTS, [], 0);
  expect(withNews(state, [event(1)], 1).news).toEqual([event(1)]);
});

test("an event that comes twice is news once", () => {
  const { state } = withNews(READY, [event(1)], 1);
  expect(withNews(state, [event(1)], 1).news).toEqual([]);
});

test("another open of the same mail is a repeat, a click is not", () => {
  const { state } = withNews(READY, [event(1), event(2)], 2);
  expect(isRepeat(state, event(1))).toBe(false);
  expect(isRepeat(state, event(2))).toBe(true);
  expect(isRepeat(state, event(3, { kind: "clicked", link: 1 }))).toBe(false);
});

test.each([
  ["was corrected", [event(1), event(2, { kind: "corrected", corrects: 1, actor: "machine" })]],
  ["a machine caused", [event(1, { actor: "machine" })]],
])("an open after one that %s is no repeat", (_, events) => {
  const { state } = withNews(READY, events, 2);
  expect(isRepeat(state, event(3))).toBe(false);
});
