/** Everything the worker knows. It may be stopped at any moment: nothing is kept in variables. */
import { DEFAULTS, type Settings } from "../shared/settings";
import type { ShownEvent } from "../server/events";
import type { Identity } from "../tracking/urls";
import type { DraftRecords, PoolEntry } from "./delivery/id-pool";
import type { Queue } from "./delivery/queue";
import type { ThreadCache } from "./sync/thread-cache";
import { NEW_BACKFILL, type TrackedThreads, type Backfill } from "./sync/tracked-threads";

export interface Account extends Identity {
  address: string;
  token: string;
  name: string;
  device: string;
  senderMark: string;
}

export interface Health {
  /** The last mail that was not built as we know it. */
  unreadableAt: string | null;
  /** How often in a row Send was used and no request was seen. */
  missed: number;
  revoked: boolean;
  serverReached: boolean;
}

export interface Stored {
  settings: Settings;
  account: Account | null;
  /** Every account that was ever paired here: its old pixels and links are still ours. */
  identities: Identity[];
  pool: PoolEntry[];
  drafts: DraftRecords;
  queue: Queue;
  health: Health;
  events: ShownEvent[];
  lastEvent: number;
  readUpTo: number;
  /** Gmail's conversations that were asked for lately, and the tracked mails in them. */
  threads: ThreadCache;
  /** Gmail's ids of every conversation with a tracked mail. */
  known: TrackedThreads;
  walk: Backfill;
}

export const EMPTY: Stored = {
  settings: DEFAULTS,
  account: null,
  identities: [],
  pool: [],
  drafts: {},
  queue: { entries: [], failures: 0, retryAt: 0, dropped: 0, refused: 0 },
  health: { unreadableAt: null, missed: 0, revoked: false, serverReached: true },
  events: [],
  lastEvent: 0,
  readUpTo: 0,
  threads: {},
  known: "",
  walk: NEW_BACKFILL,
};

export async function read<K extends keyof Stored>(...keys: K[]): Promise<Pick<Stored, K>> {
  const found = await chrome.storage.local.get<Stored>(keys);
  const out: Partial<Stored> = {};
  for (const key of keys) out[key] = found[key] ?? EMPTY[key];
  return out as Pick<Stored, K>;
}

let last: Promise<unknown> = Promise.resolve();

/** Reads, decides, writes, with no other change in between: an ID is handed out once. */
export function change<K extends keyof Stored, R>(
  keys: K[],
  decide: (now: Pick<Stored, K>) => { write: Partial<Stored>; result: R },
): Promise<R> {
  const turn = last.then(async () => {
    const { write, result } = decide(await read(...keys));
    if (Object.keys(write).length > 0) await store(write);
    return result;
  });
  last = turn.catch(() => undefined);
  return turn;
}

/** Where there is no room, what the server can tell again gives way to what only we know. */
async function store(values: Partial<Stored>): Promise<void> {
  try {
    await chrome.storage.local.set(values);
  } catch {
    // As if the list had just been read: fetched at once it would fill the room again.
    const walk = { ...NEW_BACKFILL, isDone: true, endedAt: Date.now() };
    const room = { threads: EMPTY.threads, known: EMPTY.known, walk };
    await chrome.storage.local.set(room);
    await chrome.storage.local.set({ ...values, ...room });
  }
}

export async function write(values: Partial<Stored>): Promise<void> {
  await change([], () => ({ write: values, result: null }));
}

/** Gmail's tabs ask the worker; they have no business in its store, and the token least of all. */
export async function restrictToTrustedContexts(): Promise<void> {
  const area = chrome.storage.local as { setAccessLevel?: typeof chrome.storage.local.setAccessLevel };
  await area.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" });
}
