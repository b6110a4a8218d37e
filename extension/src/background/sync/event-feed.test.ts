import { expect, test } from "vitest";
import { MAX_EVENTS, unreadOf } from "../../server/events";
import { nextAfter, wasRestored, afterRestore, withFeed, type Feed, type KeptEvents } from "./event-feed";

const NOTHING: KeptEvents = { events: [], lastEvent: 0, readUpTo: 0 };
const numbers = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
const event = (number: number, message = "before") => ({
  number,
  kind: "opened",
  time: "2026-11-23T09:30:00.250Z",
  message: { id: message, subject: "Offer 12" },
  verdict: { sentence: "Ann opened it." },
});

/** Of a server that has `last` events, those after `copied` made since it was set back. */
function feedOf(last: number, { after = 0, copied = last, readUpTo = 0 } = {}): Feed {
  const events = numbers(after + 1, last).map((number) => event(number, number > copied ? "since" : "before"));
  return { events, reached: last, last, readUpTo };
}

const UP_TO_50 = { ...withFeed(NOTHING, feedOf(50)), readUpTo: 50 };

/** As it is fetched: first from where we stand, and all of it when the server was set back. */
function fetched(kept: KeptEvents, last: number, copied: number, readUpTo = 0): KeptEvents {
  const feed = feedOf(last, { after: nextAfter(kept), copied, readUpTo });
  if (!wasRestored(kept, feed)) return withFeed(kept, feed);
  const whole = feedOf(last, { copied, readUpTo });
  return withFeed(afterRestore(kept, whole), whole);
}

test("what is new comes after what is kept, and the newest of it once", () => {
  const after = fetched(UP_TO_50, 52, 52);
  expect(after.events.map(({ number }) => number)).toEqual(numbers(1, 52));
  expect(unreadOf(after)).toBe(2);
});

test("the oldest give way", () => {
  const after = withFeed(UP_TO_50, feedOf(200, { after: 50 }));
  expect(after.events.map(({ number }) => number)).toEqual(numbers(201 - MAX_EVENTS, 200));
});

test("of a server that was set back what it has lost goes, and nothing is new again", () => {
  const after = fetched(UP_TO_50, 40, 40);
  expect(after).toEqual({ events: UP_TO_50.events.slice(0, 40), lastEvent: 40, readUpTo: 40 });
});

test.each([45, 50, 55])("set back to 40 and at %d since, each number that was given again is new, once", (last) => {
  const after = fetched(UP_TO_50, last, 40);
  expect(after.events.slice(40).map(({ messageId }) => messageId)).toEqual(Array(last - 40).fill("since"));
  expect([after.events.length, after.lastEvent, unreadOf(after)]).toEqual([last, last, last - 40]);
  expect(fetched(after, last, 40)).toEqual(after);
});

test("what follows after it was set back is new too", () => {
  expect(unreadOf(fetched(fetched(UP_TO_50, 40, 40), 41, 40))).toBe(1);
});

test("what was unread before, and is still there, stays unread", () => {
  expect(unreadOf(fetched({ ...UP_TO_50, readUpTo: 38 }, 41, 40))).toBe(3);
});

test("what was read elsewhere since it was set back is read", () => {
  expect(unreadOf(fetched(UP_TO_50, 45, 40, 44))).toBe(1);
});

test("a server that begins again leaves nothing of ours", () => {
  expect(fetched(UP_TO_50, 0, 0)).toEqual(NOTHING);
  expect(unreadOf(fetched(UP_TO_50, 2, 0))).toBe(2);
});

test("an event that was erased, or is forgotten, is no other history", () => {
  const erased = { number: 50, kind: "erased", time: "2026-11-23T10:00:00.000Z", message: null, verdict: null };
  expect(wasRestored(UP_TO_50, { ...feedOf(50, { after: 50 }), events: [erased] })).toBe(false);
  expect(wasRestored(UP_TO_50, feedOf(51, { after: 50 }))).toBe(false);
});
