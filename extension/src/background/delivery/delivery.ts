/** Delivers registrations and refills the ID pool. */
import { NOT_SEALBREAK, Refused, Unreachable } from "../../server/client";
import { tabState, updateBadge } from "../overview";
import { BATCH_SIZE, REFILL_BELOW, POOL_SIZE, readIds } from "./id-pool";
import { afterDelivery, isPaused, afterRefusal, movedToEnd, splitByOwner, afterFailure, type Entry } from "./queue";
import { contact } from "../server-contact";
import { deliverChoices } from "./choice-delivery";
import { change, read, type Account } from "../storage";
import { broadcast } from "../broadcast";
import { addSentThread } from "../sync/tracked-mail";

export const RETRY_ALARM = "retry";
/** An alarm wakes the worker, and browsers do not fire alarms earlier than this. */
const MIN_ALARM_DELAY_MS = 30_000;

/** Longer than the hook waits for an answer. */
const HELD_BACK_MS = 5000;

let delivering: Promise<void> | null = null;
let refilling: Promise<void> | null = null;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
/**
 * Mails that are being sent. The server is told only when it is certain that the mail was sent; if the worker ends
 * before that, the mail counts as sent.
 */
const heldBack = new Map<string, ReturnType<typeof setTimeout>>();

/** `onEnd` is called when nobody released it in time. */
export function holdBack(id: string, onEnd: () => void): void {
  clearTimeout(heldBack.get(id));
  heldBack.set(id, setTimeout(() => {
    heldBack.delete(id);
    onEnd();
  }, HELD_BACK_MS));
}

export function isHeldBack(id: string): boolean {
  return heldBack.has(id);
}

export function release(id: string): void {
  clearTimeout(heldBack.get(id));
  heldBack.delete(id);
  void deliverAndRefill().then(updateBadge);
}

/** Delivers what is due and refills the pool when it runs low. */
export async function deliverAndRefill(force = false): Promise<void> {
  const { queue } = await read("queue");
  if (!force && isPaused(queue, Date.now())) {
    await wakeAt(queue.retryAt);
    return;
  }
  await deliver();
  await deliverChosen();
  await refill();
}

let deliveringChoices: Promise<void> | null = null;

function deliverChosen(): Promise<void> {
  deliveringChoices ??= deliverChoices()
    .catch((error: unknown) => recordFailure(error, null))
    .finally(() => (deliveringChoices = null));
  return deliveringChoices;
}

function deliver(): Promise<void> {
  delivering ??= deliverAll().finally(() => (delivering = null));
  return delivering;
}

async function deliverAll(): Promise<void> {
  for (;;) {
    const { account, queue, health } = await read("account", "queue", "health");
    const entry = splitByOwner(queue, account?.owner).own.find(({ id }) => !heldBack.has(id));
    if (!account || !entry || health.revoked) return;
    if (!(await deliverOne(account, entry))) return;
  }
}

/** False when further attempts are useless now. */
async function deliverOne(account: Account, entry: Entry): Promise<boolean> {
  try {
    const kept = (await contact(account, "PUT", `messages/${entry.id}`, { ...entry.body, now: new Date().toISOString() })) as { id?: unknown } | null;
    if (kept?.id !== entry.id) throw new Unreachable(NOT_SEALBREAK);
  } catch (error) {
    if (error instanceof Refused && !error.isTemporary && error.status !== 401) {
      await change(["queue"], ({ queue }) => ({
        write: { queue: afterRefusal(queue, entry, error.status) },
        result: null,
      }));
      return true;
    }
    await recordFailure(error, entry);
    return false;
  }
  await recordSuccess((queue) => afterDelivery(queue, entry));
  await addSentThread(entry.body.gmail_thread_id);
  return true;
}

async function recordSuccess(update: (queue: Parameters<typeof afterDelivery>[0]) => typeof queue): Promise<void> {
  await change(["queue", "health"], ({ queue, health }) => ({
    write: { queue: update(queue), health: { ...health, serverReached: true } },
    result: null,
  }));
}

/** The only place that decides between a retry and waiting for the user. */
export async function recordFailure(error: unknown, entry: Entry | null): Promise<void> {
  const revoked = error instanceof Refused && error.status === 401;
  const wait = error instanceof Refused ? error.retryAfter : null;
  const retryAt = await change(["queue", "health"], ({ queue, health }) => {
    const later = afterFailure(entry ? movedToEnd(queue, entry) : queue, Date.now(), wait);
    return {
      write: revoked
        ? { health: { ...health, revoked } }
        : { queue: later, health: { ...health, serverReached: error instanceof Refused } },
      result: later.retryAt,
    };
  });
  if (revoked) await broadcast({ kind: "state", state: await tabState() });
  else await wakeAt(retryAt);
}

async function wakeAt(time: number): Promise<void> {
  const delay = Math.max(0, time - Date.now());
  await chrome.alarms.create(RETRY_ALARM, { when: Date.now() + Math.max(delay, MIN_ALARM_DELAY_MS) });
  clearTimeout(retryTimer);
  if (delay < MIN_ALARM_DELAY_MS) retryTimer = setTimeout(() => void deliverAndRefill(), delay + 50);
}

export function refill(): Promise<void> {
  refilling ??= refillOnce().finally(() => (refilling = null));
  return refilling;
}

async function refillOnce(): Promise<void> {
  while (await fetchBatch());
}

/** True when the pool has room for another batch. */
async function fetchBatch(): Promise<boolean> {
  const { account, pool, health } = await read("account", "pool", "health");
  if (!account || health.revoked || pool.length >= REFILL_BELOW) return false;
  try {
    const more = await fetchIds(account, Math.min(BATCH_SIZE, POOL_SIZE - pool.length));
    void deliver();
    return more;
  } catch (error) {
    await recordFailure(error, null);
    return false;
  }
}

/** True when IDs were added. The answer also names the server's public address. Throws Refused or Unreachable. */
export async function fetchIds(asked: Account, count: number): Promise<boolean> {
  const answer = await contact(asked, "POST", "ids", { count });
  const fresh = readIds((answer as { ids?: unknown } | null)?.ids);
  return change(["account", "pool", "health", "queue"], ({ account, pool, health, queue }) => {
    if (account?.token !== asked.token) return { write: {}, result: false };
    return {
      write: {
        pool: [...fresh, ...pool].slice(0, POOL_SIZE),
        health: { ...health, serverReached: true },
        queue: { ...queue, failures: 0, retryAt: 0 },
      },
      result: fresh.length > 0,
    };
  });
}
