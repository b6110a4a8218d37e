/**
 * Which of Gmail's conversations hold tracked mail. The server is asked about these and no other, and all of them
 * are known, however old: the list of all tracked mail is walked through once, then followed. Pure.
 */
import type { TrackedMail } from "../../server/tracked-mail";
import { isOver } from "./clock";

/** A page of the server's list, newest first. */
export interface Page {
  mails: TrackedMail[];
  next: string | null;
}

/** How far the list was read; times are milliseconds since 1970. */
export interface Walk {
  /** Where the next page begins; null at the newest mail. */
  cursor: string | null;
  /** Mail sent before this was read by an earlier walk; 0 for none. */
  until: number;
  isDone: boolean;
  endedAt: number;
  lookedAt: number;
  /** When the newest mail known was sent. */
  newest: number;
}

export const NEW_WALK: Walk = { cursor: null, until: 0, isDone: false, endedAt: 0, lookedAt: 0, newest: 0 };

const DAY_MS = 86_400_000;
/** Another browser may register days later what it sent while the server was away. */
const LATE_MS = 14 * DAY_MS;
/** 17 bytes each: 850 kB of the 10 MB that a browser grants. */
export const MOST_KNOWN = 50_000;

/** Gmail's ids, newest first, in one text: a browser stores that faster than a list, and smaller. */
export type Known = string;

export function readKnown(known: Known): Set<string> {
  return new Set(known.split(" ").filter(Boolean));
}

const GMAIL_ID = /^[0-9a-f]{8,16}$/;

export function threadsOf(mails: readonly TrackedMail[]): string[] {
  return [...new Set(mails.flatMap(({ threadId }) => threadId ?? []))].filter((id) => GMAIL_ID.test(id));
}

/** `place`: whether `ids` are newer or older than what is known. The same text where none is new. */
export function withThreads(known: Known, ids: readonly string[], place: "newer" | "older"): Known {
  const old = readKnown(known);
  const fresh = ids.filter((id) => !old.has(id));
  if (fresh.length === 0) return known;
  const all = place === "newer" ? [...fresh, ...old] : [...old, ...fresh];
  return all.slice(0, MOST_KNOWN).join(" ");
}

export function withoutThreads(known: Known, gone: readonly string[]): Known {
  if (gone.length === 0) return known;
  const left = readKnown(known);
  for (const id of gone) left.delete(id);
  return [...left].join(" ");
}

export function afterPage(walk: Walk, { mails, next }: Page, now: number): Walk {
  const oldest = sentAt(mails.at(-1));
  const newest = Math.max(walk.newest, sentAt(mails[0]));
  const isDone = next === null || (oldest > 0 && oldest < walk.until);
  return { ...walk, newest, cursor: isDone ? null : next, isDone, endedAt: isDone ? now : walk.endedAt };
}

/** After a look at the newest mails: more than was looked at may be new. */
export function afterLook(walk: Walk, { mails, next }: Page, now: number): Walk {
  const hasGap = next !== null && sentAt(mails.at(-1)) > walk.newest;
  if (hasGap && walk.isDone) return walkAgain({ ...walk, lookedAt: now });
  return { ...walk, lookedAt: now, newest: Math.max(walk.newest, sentAt(mails[0])) };
}

export function isDue(walk: Walk, now: number): boolean {
  return !walk.isDone || isOver(walk.endedAt, DAY_MS, now);
}

export function walkAgain(walk: Walk): Walk {
  return { ...walk, cursor: null, isDone: false, until: Math.max(0, walk.newest - LATE_MS) };
}

function sentAt(mail: TrackedMail | undefined): number {
  return mail ? Date.parse(mail.sentAt) || 0 : 0;
}
