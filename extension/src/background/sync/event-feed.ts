/**
 * Merges the server's event feed into the stored events, including after the server was restored from a backup.
 * Pure.
 */
import { MAX_EVENTS, readEvents, type ShownEvent } from "../../server/events";
import type { Stored } from "../storage";

export interface Feed {
  events: unknown[];
  /** `reached` is the newest event of this answer, `last` the newest event of the account. */
  reached: number;
  last: number;
  /** The newest event that was read on any device. */
  readUpTo: number;
  /** Raised by the server when it erases events; null for a server of an earlier version. */
  erasures: number | null;
}

/** The server's maximum for one request: more than the events that are stored here. */
export const MAX_FEED = 500;

export type KeptEvents = Pick<Stored, "events" | "lastEvent" | "readUpTo">;

/** Requests the newest stored event once more, to check that the server still has the same one. */
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

/** Only events that are still in the feed, or are newer: the server erased the others, or they are out of its reach. */
export function withoutErased(kept: KeptEvents, feed: Feed): KeptEvents {
  const left = new Set(readEvents(feed.events).map(({ number }) => number));
  return { ...kept, events: kept.events.filter(({ number }) => left.has(number) || number > feed.reached) };
}

/** True when the server was restored from a backup. It assigns numbers again and may already have passed ours. */
export function wasRestored({ events, lastEvent }: KeptEvents, feed: Feed): boolean {
  const ours = events.at(-1);
  const theirs = readEvents(feed.events).find(({ number }) => number === ours?.number);
  return feed.last < lastEvent || (ours !== undefined && theirs !== undefined && !isSame(ours, theirs));
}

/** The starting point after a restore. Events that were read and still exist do not become unread again. */
export function afterRestore({ events, readUpTo }: KeptEvents, feed: Feed): KeptEvents {
  const both = readEvents(feed.events).findLast((theirs) => events.some((ours) => isSame(ours, theirs)));
  return { events: [], lastEvent: 0, readUpTo: Math.min(readUpTo, both?.number ?? 0) };
}

function isSame(one: ShownEvent, other: ShownEvent): boolean {
  const { number, kind, time, messageId } = other;
  return one.number === number && one.kind === kind && one.time === time && one.messageId === messageId;
}
