/** Caches the server's answers about conversations with tracked mail, so that a list is marked at once. Pure. */
import type { TrackedMail } from "../../server/tracked-mail";
import { isOver } from "./clock";

export interface CachedThread {
  /** When the server was asked, in milliseconds since 1970; 0 after an event. */
  askedAt: number;
  mails: TrackedMail[];
}

export type ThreadCache = Record<string, CachedThread>;

/** Automated requests cause no events, so entries are refreshed by age: the older the mail, the longer the pause. */
const MIN_REFRESH_MS = 4000;
export const MAX_REFRESH_MS = 60_000;
/** A mail sent an hour ago is refreshed every 15 seconds. */
const AGE_PER_REFRESH = 240;
export const MAX_THREADS = 1000;
/** The newest mails of a long conversation. An open mail is also recognised by its pixel. */
const MAX_MAILS = 20;

export function staleThreads(cache: ThreadCache, ids: readonly string[], now: number): string[] {
  return ids.filter((id) => {
    const known = cache[id];
    return !known || isOver(known.askedAt, pauseFor(known, now), now);
  });
}

function pauseFor({ mails }: CachedThread, now: number): number {
  const age = now - Math.max(0, ...mails.map(({ sentAt }) => Date.parse(sentAt) || 0));
  return Math.min(MAX_REFRESH_MS, Math.max(MIN_REFRESH_MS, age / AGE_PER_REFRESH));
}

/** Stores the answer to a request for the threads `asked`. Threads without a mail in the answer are removed. */
export function withAnswer(
  cache: ThreadCache,
  asked: readonly string[],
  mails: readonly TrackedMail[],
  now: number,
): ThreadCache {
  const others = Object.entries(cache).filter(([id]) => !asked.includes(id));
  const fresh = asked.flatMap((id): [string, CachedThread][] => {
    const own = mails.filter(({ threadId }) => threadId === id).slice(0, MAX_MAILS);
    return own.length > 0 ? [[id, { askedAt: now, mails: own.map(withoutText) }]] : [];
  });
  const all = [...others, ...fresh];
  return Object.fromEntries(all.sort(([, a], [, b]) => b.askedAt - a.askedAt).slice(0, MAX_THREADS));
}

/** Lists do not show these texts, and they may be long: a mail can have 500 recipients. */
function withoutText(mail: TrackedMail): TrackedMail {
  return { ...mail, subject: "", people: [] };
}

/** True when the mails shown for the conversation change. */
export function differs(before: CachedThread | undefined, after: CachedThread | undefined): boolean {
  return JSON.stringify(before?.mails ?? []) !== JSON.stringify(after?.mails ?? []);
}

/** Marks the threads of these messages, or all for null, as outdated. They stay visible until the answer arrives. */
export function markedStale(cache: ThreadCache, messages: ReadonlySet<string> | null): ThreadCache {
  return Object.fromEntries(
    Object.entries(cache).map(([id, thread]) => {
      const isStale = messages === null || thread.mails.some((mail) => messages.has(mail.id));
      return [id, isStale ? { ...thread, askedAt: 0 } : thread];
    }),
  );
}
