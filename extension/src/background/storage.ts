/**
 * The stored state. The worker may be stopped at any moment, so nothing is kept in variables. Installed extensions
 * have data under these keys, so the keys never change.
 */
import type { SendOutcome } from "../messaging/overview";
import { DEFAULTS, type Settings } from "../shared/settings";
import type { ShownEvent } from "../server/events";
import type { Identity } from "../tracking/addresses/urls";
import { NO_ALERTS, type AlertState } from "./alerts/news";
import type { DraftRecords, PoolEntry } from "./delivery/id-pool";
import type { Choice } from "./delivery/choices";
import type { Entry, Queue } from "./delivery/queue";
import type { ThreadCache } from "./sync/thread-cache";
import { NEW_BACKFILL, type TrackedThreads, type Backfill } from "./sync/tracked-threads";

export interface Account extends Identity {
  address: string;
  token: string;
  name: string;
  device: string;
  senderMark: string;
  /** The version of the extension that the server carries; empty when it carries none. */
  extensionVersion?: string;
  /** When the server last named its public address, in milliseconds since 1970. */
  addressAt?: number;
}

interface Health {
  /** When a mail with an unknown layout was last sent. */
  unreadableAt: string | null;
  /** The number of consecutive mails that were sent without a matching request. */
  missed: number;
  revoked: boolean;
  serverReached: boolean;
}

export type Sending = Record<string, Pick<Entry, "owner" | "body">>;

export interface Stored {
  settings: Settings;
  account: Account | null;
  /** Every account that was ever paired here: their old pixels and links are still recognised as ours. */
  identities: Identity[];
  pool: PoolEntry[];
  drafts: DraftRecords;
  queue: Queue;
  choices: Choice[];
  /** The registrations of mails that are being sent. */
  sending: Sending;
  health: Health;
  outcomes: SendOutcome[];
  /** Types and lengths in the last request that was not understood. */
  unreadShape: string;
  events: ShownEvent[];
  lastEvent: number;
  readUpTo: number;
  /** The server's number of erasures, up to which erased events were removed here. */
  erasures: number;
  alerts: AlertState;
  /** The thread cache: conversations that were requested lately, with the tracked mails in them. */
  threads: ThreadCache;
  /** The thread ids of all conversations with a tracked mail. */
  known: TrackedThreads;
  /** The progress of the backfill. */
  walk: Backfill;
}

export const EMPTY: Stored = {
  settings: DEFAULTS,
  account: null,
  identities: [],
  pool: [],
  drafts: {},
  queue: { entries: [], failures: 0, retryAt: 0, dropped: 0, refused: 0 },
  choices: [],
  sending: {},
  health: { unreadableAt: null, missed: 0, revoked: false, serverReached: true },
  outcomes: [],
  unreadShape: "",
  events: [],
  lastEvent: 0,
  readUpTo: 0,
  erasures: 0,
  alerts: NO_ALERTS,
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

/** Reads, decides and writes without another change in between, so that an ID is reserved only once. */
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

/**
 * When the quota is exceeded, data that the server can send again is dropped in favour of data that only this
 * browser has.
 */
export async function store(values: Partial<Stored>): Promise<void> {
  try {
    await chrome.storage.local.set(values);
  } catch {
    // Marked as complete: an immediate backfill would fill the quota again.
    const walk = { ...NEW_BACKFILL, isDone: true, endedAt: Date.now() };
    const room = { threads: EMPTY.threads, known: EMPTY.known, walk };
    await chrome.storage.local.set(room);
    await chrome.storage.local.set({ ...values, ...room });
  }
}

export async function write(values: Partial<Stored>): Promise<void> {
  await change([], () => ({ write: values, result: null }));
}

/** Content scripts ask the worker. They get no direct access to the storage, which contains the device token. */
export async function restrictToTrustedContexts(): Promise<void> {
  const area = chrome.storage.local as { setAccessLevel?: typeof chrome.storage.local.setAccessLevel };
  await area.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" });
}
