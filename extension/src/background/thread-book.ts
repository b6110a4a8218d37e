/** What the server said of Gmail's conversations, kept so that a list is marked at once: pure. */
import type { TrackedMail } from "../tracked";

export interface KnownThread {
  /** When the server was asked; milliseconds since 1970, 0 where something happened since. */
  askedAt: number;
  mails: TrackedMail[];
}

export type ThreadBook = Record<string, KnownThread>;

/** Machines make no event, and other browsers send mail too: what is shown is asked for again. */
export const FRESH_MS = 60_000;
const MOST_THREADS = 1000;

export function staleThreads(book: ThreadBook, ids: readonly string[], now: number): string[] {
  return ids.filter((id) => (book[id]?.askedAt ?? 0) < now - FRESH_MS);
}

/** The answer to a question for `asked`: those without a mail in it have none. */
export function withAnswer(
  book: ThreadBook,
  asked: readonly string[],
  mails: readonly TrackedMail[],
  now: number,
): ThreadBook {
  const fresh: ThreadBook = {};
  for (const id of asked)
    fresh[id] = { askedAt: now, mails: mails.filter(({ threadId }) => threadId === id) };
  const all = Object.entries({ ...book, ...fresh });
  return Object.fromEntries(all.sort(([, a], [, b]) => b.askedAt - a.askedAt).slice(0, MOST_THREADS));
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
