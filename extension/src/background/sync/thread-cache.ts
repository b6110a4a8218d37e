/** What the server said of Gmail's conversations with tracked mail, kept so that a list is marked at once: pure. */
import type { TrackedMail } from "../../server/tracked-mail";
import { isOver } from "./clock";

export interface KnownThread {
  /** When the server was asked; milliseconds since 1970, 0 where something happened since. */
  askedAt: number;
  mails: TrackedMail[];
}

export type ThreadBook = Record<string, KnownThread>;

/** Machines make no event: what is shown is asked for again, the more seldom the older it is. */
const FRESHEST_MS = 4000;
export const FRESH_MS = 60_000;
/** A mail sent an hour ago is asked for every quarter of a minute. */
const AGE_PER_PAUSE = 240;
export const MOST_THREADS = 1000;
/** Of a longer conversation the newest; a mail that is opened is known by its pixel too. */
const MOST_MAILS = 20;

export function staleThreads(book: ThreadBook, ids: readonly string[], now: number): string[] {
  return ids.filter((id) => {
    const known = book[id];
    return !known || isOver(known.askedAt, pauseFor(known, now), now);
  });
}

function pauseFor({ mails }: KnownThread, now: number): number {
  const age = now - Math.max(0, ...mails.map(({ sentAt }) => Date.parse(sentAt) || 0));
  return Math.min(FRESH_MS, Math.max(FRESHEST_MS, age / AGE_PER_PAUSE));
}

/** The answer to a question for `asked`: those without a mail in it have none. */
export function withAnswer(
  book: ThreadBook,
  asked: readonly string[],
  mails: readonly TrackedMail[],
  now: number,
): ThreadBook {
  const others = Object.entries(book).filter(([id]) => !asked.includes(id));
  const fresh = asked.flatMap((id): [string, KnownThread][] => {
    const own = mails.filter(({ threadId }) => threadId === id).slice(0, MOST_MAILS);
    return own.length > 0 ? [[id, { askedAt: now, mails: own.map(withoutWords) }]] : [];
  });
  const all = [...others, ...fresh];
  return Object.fromEntries(all.sort(([, a], [, b]) => b.askedAt - a.askedAt).slice(0, MOST_THREADS));
}

/** No list shows them, and they may be long: a mail can have 500 recipients. */
function withoutWords(mail: TrackedMail): TrackedMail {
  return { ...mail, subject: "", people: [] };
}

/** A conversation of which nothing was known and nothing is tracked shows nothing either way. */
export function differs(before: KnownThread | undefined, after: KnownThread | undefined): boolean {
  return JSON.stringify(before?.mails ?? []) !== JSON.stringify(after?.mails ?? []);
}

/** Something happened to these mails; null for all. What is known stays shown until the answer comes. */
export function outdated(book: ThreadBook, messages: ReadonlySet<string> | null): ThreadBook {
  return Object.fromEntries(
    Object.entries(book).map(([id, thread]) => {
      const touched = messages === null || thread.mails.some((mail) => messages.has(mail.id));
      return [id, touched ? { ...thread, askedAt: 0 } : thread];
    }),
  );
}
