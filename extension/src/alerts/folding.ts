/** Decides which alerts there are for new events, by the rules of the tray app. Pure. */
import { kindOf } from "../server/event-kinds";
import type { AlertEvent } from "./alert-event";
import { summaryOf, wordsFor, type Words } from "./wording";

/** More alerts than this at once become one summary. */
export const MAX_AT_ONCE = 3;
/** Alerts closer to each other than this may become one summary. */
export const BURST_MS = 10_000;
export const SUMMARY_KEY = "summary";
/** Actors of a verdict that may be a reader. */
const READERS = ["human", "unknown"];

export interface Alert extends Words {
  /** An alert replaces an earlier one with the same key. */
  key: string;
}

/** Shared by an event with its repeats and with a correction of it. */
export function keyOf({ kind, message, copy, link }: AlertEvent): string {
  const about = kindOf(kind).ownPopUp ? kind : (link ?? "open");
  return `${message}/${copy}/${about}`;
}

export function isByReader({ actor }: AlertEvent): boolean {
  return READERS.includes(actor);
}

/** A correction is told whatever its verdict is. */
function isShown(event: AlertEvent): boolean {
  return kindOf(event.kind).readersOnly !== true || isByReader(event);
}

/** Without events that were corrected before anybody was told, and without those corrections. */
function stillTrue(events: readonly AlertEvent[]): AlertEvent[] {
  const numbers = new Set(events.map(({ number }) => number));
  const corrected = new Set(events.map(({ corrects }) => corrects));
  return events.filter(({ number, corrects }) => !corrected.has(number) && (corrects === null || !numbers.has(corrects)));
}

/** The events to alert about, of those that came together. */
export function loudOf(events: readonly AlertEvent[]): AlertEvent[] {
  return stillTrue(events.filter(isShown)).filter(({ quiet }) => !quiet);
}

/** `justShown`: what was told a few seconds ago. Together with too many of these, all of them become one summary. */
export function alertsFor(
  events: readonly AlertEvent[],
  justShown: readonly AlertEvent[],
  isRepeat: (event: AlertEvent) => boolean,
): Alert[] {
  if (events.length > MAX_AT_ONCE) return [{ key: SUMMARY_KEY, ...summaryOf(events, "While you were away") }];
  if (events.length > 0 && events.length + justShown.length > MAX_AT_ONCE)
    return [{ key: SUMMARY_KEY, ...summaryOf([...justShown, ...events], "Just now") }];
  return events.map((event) => ({ key: keyOf(event), ...wordsFor(event, isRepeat(event)) }));
}
