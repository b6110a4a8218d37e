/** What the server said of Gmail's conversations with tracked mail, kept so that a list is marked at once: pure. */
import type { TrackedMail } from "../../server/tracked-mail";
import { isOver } from "./clock";

export interface CachedThread {
  /** When the server was asked; milliseconds since 1970, 0 where something happened since. */
  askedAt: number;
  mails: TrackedMail[];
}

export type ThreadCache = Record<string, CachedThread>;

/** Machines make no event: what is shown is asked for again, the more seldom the older it is. */
const MIN_REFRESH_MS = 4000;
export const MAX_REFRESH_MS = 60_000;
/** A mail sent an hour ago is asked for every quarter of a minute. */
const AGE_PER_REFRESH = 240;
export const MAX_THREADS = 1000;
/** Of a longer conversation the newest; a mail that is opened is known by its pixel too. */
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

/** The answer to a question for `asked`: those without a mail in it have none. */
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

/** No list shows them, and they may be long: a mail can have 500 recipients. */
function withoutText(mail: TrackedMail): TrackedMail {
  return { ...mail, subject: "", people: [] };
}

/** A conversation of which nothing was known and nothing is tracked shows nothing either way. */
export function differs(before: CachedThread | undefined, after: CachedThread | undefined): boolean {
  return JSON.stringify(before?.mails ?? []) !== JSON.stringify(after?.mails ?? []);
}

/** Something happened to these mails; null for all. What is known stays shown until the answer comes. */
export function markedStale(cache: ThreadCache, messages: ReadonlySet<string> | null): ThreadCache {
  return Object.fromEntries(
    Object.entries(cache).map(([id, thread]) => {
      const isStale = messages === null || thread.mails.some((mail) => messages.has(mail.id));
      return [id, isStale ? { ...thread, askedAt: 0 } : thread];
    }),
  );
}
