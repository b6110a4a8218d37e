/** The server's feed of events, and what is kept of it, also when the server was set back: pure. */
import { MAX_EVENTS, readEvents, type ShownEvent } from "../../server/events";
import type { Stored } from "../storage";

export interface Feed {
  events: unknown[];
  /** The newest event of this answer, and of the account. */
  reached: number;
  last: number;
  /** The newest that was looked at on any device. */
  readUpTo: number;
}

export type KeptEvents = Pick<Stored, "events" | "lastEvent" | "readUpTo">;

/** The newest that is kept is asked for once more, to see whether the server still has the same. */
export function nextAfter({ events, lastEvent }: KeptEvents): number {
  const newest = events.at(-1);
  return newest ? newest.number - 1 : lastEvent;
}

export function withFeed({ events, lastEvent, readUpTo }: KeptEvents, feed: Feed): KeptEvents {
  const fresh = readEvents(feed.events).filter(({ number }) => number > lastEvent);
  return {
    events: [...events, ...fresh].slice(-MAX_EVENTS),
    lastEvent: Math.max(lastEvent, feed.reached),
    readUpTo: Math.max(readUpTo, feed.readUpTo),
  };
}

/** To an older copy of itself: it gives numbers again, and may have gone beyond ours since. */
export function wasRestored({ events, lastEvent }: KeptEvents, feed: Feed): boolean {
  const ours = events.at(-1);
  const theirs = readEvents(feed.events).find(({ number }) => number === ours?.number);
  return feed.last < lastEvent || (ours !== undefined && theirs !== undefined && !isSame(ours, theirs));
}

/** What to begin with then. What was read and is still there is not new again. */
export function afterRestore({ events, readUpTo }: KeptEvents, feed: Feed): KeptEvents {
  const both = readEvents(feed.events).findLast((theirs) => events.some((ours) => isSame(ours, theirs)));
  return { events: [], lastEvent: 0, readUpTo: Math.min(readUpTo, both?.number ?? 0) };
}

function isSame(one: ShownEvent, other: ShownEvent): boolean {
  const { number, kind, time, messageId } = other;
  return one.number === number && one.kind === kind && one.time === time && one.messageId === messageId;
}
