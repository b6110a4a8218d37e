/** Registrations that wait for delivery, in a bounded queue. Pure. */
import type { Registration } from "../../tracking/registration";

export interface Entry {
  id: string;
  owner: string;
  body: Registration;
  /** Incremented with each change of the body, since a delivered version may be outdated. */
  version: number;
}

export interface Queue {
  entries: Entry[];
  /** Consecutive failed attempts to reach the server. */
  failures: number;
  /** Milliseconds since 1970. */
  retryAt: number;
  /** Registrations lost because the queue was full. */
  dropped: number;
  /** Registrations lost because the server rejected them. */
  refused: number;
}

export const MAX_ENTRIES = 1000;
/** Part of the 10 MB that a browser grants. Data beyond the quota would be lost without a notice. */
export const MAX_BYTES = 4_000_000;
/** The status by which the server refuses the registration of an erased mail. */
const ERASED = 410;
const DELAYS_S = [2, 5, 15, 30, 60, 120, 300, 600];
/** Upper limit for the pause that the server asks for. */
const MAX_PAUSE_S = 3600;

/** A newer registration of a message replaces the waiting one. Returns the same queue when nothing changes. */
export function enqueue(queue: Queue, entry: Omit<Entry, "version">): Queue {
  const waiting = queue.entries.find(({ id }) => id === entry.id);
  if (waiting && JSON.stringify(waiting.body) === JSON.stringify(entry.body)) return queue;
  const fresh = { ...entry, version: (waiting?.version ?? 0) + 1 };
  const all = waiting
    ? queue.entries.map((one) => (one === waiting ? fresh : one))
    : [...queue.entries, fresh];
  const entries = bounded(all);
  return { ...queue, entries, dropped: queue.dropped + all.length - entries.length };
}

/** The newest entries within the limits. */
function bounded(all: Entry[]): Entry[] {
  let bytes = 0;
  const tooMany = all.findLastIndex((entry, at) => {
    bytes += encoder.encode(JSON.stringify(entry)).length;
    return all.length - at > MAX_ENTRIES || bytes > MAX_BYTES;
  });
  return all.slice(tooMany + 1);
}

const encoder = new TextEncoder();

export function afterDelivery(queue: Queue, entry: Entry): Queue {
  return { ...withoutEntry(queue, entry), failures: 0, retryAt: 0 };
}

/** A mail that was erased on the server is no loss: the user wanted that. */
export function afterRefusal(queue: Queue, entry: Entry, status: number): Queue {
  if (status === ERASED) return afterDelivery(queue, entry);
  return { ...withoutEntry(queue, entry), refused: queue.refused + 1 };
}

/** Separates the entries of the paired account from those of earlier accounts. */
export function splitByOwner({ entries }: Queue, owner: string | undefined): { own: Entry[]; others: Entry[] } {
  return {
    own: entries.filter((entry) => entry.owner === owner),
    others: entries.filter((entry) => entry.owner !== owner),
  };
}

/** Also false when the clock was set back since the pause began. */
export function isPaused({ retryAt }: Queue, now: number): boolean {
  return retryAt > now && retryAt - now <= 1000 * MAX_PAUSE_S;
}

/** `wait` is the pause that the server asked for, in seconds. */
export function afterFailure(queue: Queue, now: number, wait: number | null): Queue {
  // An extra attempt, made because the user opened a page or sent a mail, does not lengthen the pause.
  if (isPaused(queue, now)) return queue;
  const delay = DELAYS_S[Math.min(queue.failures, DELAYS_S.length - 1)] ?? 0;
  return {
    ...queue,
    failures: queue.failures + 1,
    retryAt: now + 1000 * Math.min(MAX_PAUSE_S, Math.max(delay, wait ?? 0)),
  };
}

/** Moves the entry to the end, so that a message that fails does not block the others. */
export function movedToEnd(queue: Queue, entry: Entry): Queue {
  const rest = withoutEntry(queue, entry).entries;
  return rest.length < queue.entries.length ? { ...queue, entries: [...rest, entry] } : queue;
}

function withoutEntry(queue: Queue, entry: Entry): Queue {
  const same = ({ id, version }: Entry) => id === entry.id && version === entry.version;
  return { ...queue, entries: queue.entries.filter((one) => !same(one)) };
}
