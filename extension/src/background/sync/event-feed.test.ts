import { expect, test } from "vitest";
import { MAX_EVENTS, unreadOf } from "../../server/events";
import { nextAfter, wasRestored, afterRestore, withFeed, withoutErased, type Feed, type KeptEvents } from "./event-feed";

const NOTHING: KeptEvents = { events: [], lastEvent: 0, readUpTo: 0 };
const numbers = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
const event = (number: number, message = "before") => ({
  number,
  kind: "opened",
  time: "2026-11-23T09:30:00.250Z",
  message: { id: message, subject: "Offer 12" },
  verdict: { sentence: "Ann opened it." },
});

/** The feed of a server with `last` events, of which those after `copied` were made after the restore. */
function feedOf(last: number, { after = 0, copied = last, readUpTo = 0 } = {}): Feed {
  const events = numbers(after + 1, last).map((number) => event(number, number > copied ? "since" : "before"));
  return { events, reached: last, last, readUpTo, erasures: 0 };
}

const UP_TO_50 = { ...withFeed(NOTHING, feedOf(50)), readUpTo: 50 };

/** Fetches as the extension does: first from the last known event, and everything after a restore. */
function fetched(kept: KeptEvents, last: number, copied: number, readUpTo = 0): KeptEvents {
  const feed = feedOf(last, { after: nextAfter(kept), copied, readUpTo });
  if (!wasRestored(kept, feed)) return withFeed(kept, feed);
  const whole = feedOf(last, { copied, readUpTo });
  return withFeed(afterRestore(kept, whole), whole);
}

test("new events are appended, without repeating the newest stored one", () => {
  const after = fetched(UP_TO_50, 52, 52);
  expect(after.events.map(({ number }) => number)).toEqual(numbers(1, 52));
  expect(unreadOf(after)).toBe(2);
});

test("the oldest events are dropped", () => {
  const after = withFeed(UP_TO_50, feedOf(200, { after: 50 }));
  expect(after.events.map(({ number }) => number)).toEqual(numbers(201 - MAX_EVENTS, 200));
});

test("events lost in a restore are removed, and no event becomes unread again", () => {
  const after = fetched(UP_TO_50, 40, 40);
  expect(after).toEqual({ events: UP_TO_50.events.slice(0, 40), lastEvent: 40, readUpTo: 40 });
});

test.each([45, 50, 55])("after a restore to 40 and growth to %d, each number assigned again is unread once", (last) => {
  const after = fetched(UP_TO_50, last, 40);
  expect(after.events.slice(40).map(({ messageId }) => messageId)).toEqual(Array(last - 40).fill("since"));
  expect([after.events.length, after.lastEvent, unreadOf(after)]).toEqual([last, last, last - 40]);
  expect(fetched(after, last, 40)).toEqual(after);
});

test("events after a restore are unread too", () => {
  expect(unreadOf(fetched(fetched(UP_TO_50, 40, 40), 41, 40))).toBe(1);
});

test("events that were unread before a restore and still exist stay unread", () => {
  expect(unreadOf(fetched({ ...UP_TO_50, readUpTo: 38 }, 41, 40))).toBe(3);
});

test("events read elsewhere after a restore are read", () => {
  expect(unreadOf(fetched(UP_TO_50, 45, 40, 44))).toBe(1);
});

test("a server that starts empty removes all stored events", () => {
  expect(fetched(UP_TO_50, 0, 0)).toEqual(NOTHING);
  expect(unreadOf(fetched(UP_TO_50, 2, 0))).toBe(2);
});

test("an erased or expired event does not indicate a restore", () => {
  const erased = { number: 50, kind: "erased", time: "2026-11-23T10:00:00.000Z", message: null, verdict: null };
  expect(wasRestored(UP_TO_50, { ...feedOf(50, { after: 50 }), events: [erased] })).toBe(false);
  expect(wasRestored(UP_TO_50, feedOf(51, { after: 50 }))).toBe(false);
});

test("an event of an unknown kind is stored and unread", () => {
  const after = withFeed(UP_TO_50, { ...feedOf(51, { after: 51 }), events: [{ ...event(51), kind: "made-up" }] });
  expect([after.events.at(-1)?.kind, unreadOf(after)]).toEqual(["made-up", 1]);
});

test("what the server erased is removed, and newer events stay", () => {
  const feed = feedOf(40);
  const erased = { number: 7, kind: "erased", time: "2026-11-23T09:30:00.250Z" };
  const after = withoutErased(UP_TO_50, { ...feed, events: feed.events.map((one) => ((one as { number: number }).number === 7 ? erased : one)) });
  expect(after.events.map(({ number }) => number)).toEqual(numbers(1, 50).filter((number) => number !== 7));
});

test("an event that the server no longer lists is removed", () => {
  const after = withoutErased(UP_TO_50, feedOf(50, { after: 20 }));
  expect(after.events.map(({ number }) => number)).toEqual(numbers(21, 50));
});
