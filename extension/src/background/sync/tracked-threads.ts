/**
 * The conversations that contain tracked mail. The server is asked only about these. The backfill reads the list of
 * all tracked mail once and then follows it, so that old conversations are included. Pure.
 */
import { isThreadId } from "../../hosts/sites";
import type { TrackedMail } from "../../server/tracked-mail";
import { isOver } from "./clock";

/** A page of the server's list, newest mail first. */
export interface Page {
  mails: TrackedMail[];
  next: string | null;
}

/** The progress of the backfill; times are in milliseconds since 1970. */
export interface Backfill {
  /** The position of the next page; null at the newest mail. */
  cursor: string | null;
  /** Mail sent before this time was read by an earlier run; 0 for none. */
  until: number;
  isDone: boolean;
  endedAt: number;
  lookedAt: number;
  /** When the newest known mail was sent. */
  newest: number;
}

export const NEW_BACKFILL: Backfill = { cursor: null, until: 0, isDone: false, endedAt: 0, lookedAt: 0, newest: 0 };

const DAY_MS = 86_400_000;
/** Another browser may register mail days later when it could not reach the server. */
const LATE_REGISTRATION_MS = 14 * DAY_MS;
/** 17 bytes each, so 850 kB of the 10 MB that a browser grants. */
export const MAX_TRACKED_THREADS = 50_000;

/** Thread ids, newest first, separated by spaces: browsers store one text faster than a list, and in less space. */
export type TrackedThreads = string;

export function parseThreads(threads: TrackedThreads): Set<string> {
  return new Set(threads.split(" ").filter(Boolean));
}

export function threadsOf(mails: readonly TrackedMail[]): string[] {
  return [...new Set(mails.flatMap(({ threadId }) => threadId ?? []))].filter(isThreadId);
}

/** `place` says whether `ids` are newer or older than the known ones. Returns the same text when none is new. */
export function withThreads(threads: TrackedThreads, ids: readonly string[], place: "newer" | "older"): TrackedThreads {
  const present = parseThreads(threads);
  const fresh = ids.filter((id) => !present.has(id));
  if (fresh.length === 0) return threads;
  const all = place === "newer" ? [...fresh, ...present] : [...present, ...fresh];
  return all.slice(0, MAX_TRACKED_THREADS).join(" ");
}

export function withoutThreads(threads: TrackedThreads, gone: readonly string[]): TrackedThreads {
  if (gone.length === 0) return threads;
  const left = parseThreads(threads);
  for (const id of gone) left.delete(id);
  return [...left].join(" ");
}

export function afterPage(backfill: Backfill, { mails, next }: Page, now: number): Backfill {
  const oldest = sentAt(mails.at(-1));
  const newest = Math.max(backfill.newest, sentAt(mails[0]));
  const isDone = next === null || (oldest > 0 && oldest < backfill.until);
  return { ...backfill, newest, cursor: isDone ? null : next, isDone, endedAt: isDone ? now : backfill.endedAt };
}

/** After reading only the newest mails. A gap means that more mails may be new. */
export function afterNewestCheck(backfill: Backfill, { mails, next }: Page, now: number): Backfill {
  const hasGap = next !== null && sentAt(mails.at(-1)) > backfill.newest;
  if (hasGap && backfill.isDone) return restarted({ ...backfill, lookedAt: now });
  return { ...backfill, lookedAt: now, newest: Math.max(backfill.newest, sentAt(mails[0])) };
}

export function isDue(backfill: Backfill, now: number): boolean {
  return !backfill.isDone || isOver(backfill.endedAt, DAY_MS, now);
}

export function restarted(backfill: Backfill): Backfill {
  return { ...backfill, cursor: null, isDone: false, until: Math.max(0, backfill.newest - LATE_REGISTRATION_MS) };
}

function sentAt(mail: TrackedMail | undefined): number {
  return mail ? Date.parse(mail.sentAt) || 0 : 0;
}
