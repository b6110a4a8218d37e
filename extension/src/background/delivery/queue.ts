/** Registrations on their way to the server: kept until it has them, in a bounded queue. Pure. */
import type { Registration } from "../../tracking/registration";

export interface Entry {
  id: string;
  owner: string;
  body: Registration;
  /** Counts the changes of the body: what was delivered may be old already. */
  version: number;
}

export interface Queue {
  entries: Entry[];
  /** How often in a row the server could not be reached. */
  failures: number;
  /** Milliseconds since 1970. */
  retryAt: number;
  /** Lost because the queue was full. */
  dropped: number;
  /** Lost because the server did not take them. */
  refused: number;
}

export const MAX_ENTRIES = 1000;
/** Of the 10 MB that a browser grants; what does not fit would be lost without a word. */
export const MAX_BYTES = 4_000_000;
const DELAYS_S = [2, 5, 15, 30, 60, 120, 300, 600];
/** However long the server asks for. */
const MAX_PAUSE_S = 3600;

/** A newer registration of a message takes the place of the one that waits; the same queue when it is no other. */
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

/** The newest that fit. */
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

export function afterRefusal(queue: Queue, entry: Entry): Queue {
  return { ...withoutEntry(queue, entry), refused: queue.refused + 1 };
}

/** A mail that left untracked after all. What was sent under its ID before keeps its registration. */
export function afterWithdrawal(queue: Queue, id: string): Queue {
  return { ...queue, entries: queue.entries.filter((one) => one.id !== id || one.version > 1) };
}

/** Of the account that is paired, and of those that were. */
export function splitByOwner({ entries }: Queue, owner: string | undefined): { own: Entry[]; others: Entry[] } {
  return {
    own: entries.filter((entry) => entry.owner === owner),
    others: entries.filter((entry) => entry.owner !== owner),
  };
}

/** False, too, when the clock was set back since the pause began. */
export function isPaused({ retryAt }: Queue, now: number): boolean {
  return retryAt > now && retryAt - now <= 1000 * MAX_PAUSE_S;
}

/** `wait`, in seconds, is what the server asked for. */
export function afterFailure(queue: Queue, now: number, wait: number | null): Queue {
  // Trying out of turn, since the user looked or wrote, makes the pauses no longer.
  if (isPaused(queue, now)) return queue;
  const delay = DELAYS_S[Math.min(queue.failures, DELAYS_S.length - 1)] ?? 0;
  return {
    ...queue,
    failures: queue.failures + 1,
    retryAt: now + 1000 * Math.min(MAX_PAUSE_S, Math.max(delay, wait ?? 0)),
  };
}

/** To the end of the queue: one message that the server fails at holds up no other. */
export function movedToEnd(queue: Queue, entry: Entry): Queue {
  const rest = withoutEntry(queue, entry).entries;
  return rest.length < queue.entries.length ? { ...queue, entries: [...rest, entry] } : queue;
}

function withoutEntry(queue: Queue, entry: Entry): Queue {
  const same = ({ id, version }: Entry) => id === entry.id && version === entry.version;
  return { ...queue, entries: queue.entries.filter((one) => !same(one)) };
}
