/** Everything that waits for the server: registrations and fresh IDs. */
import { Refused, call } from "../server-client";
import { accountFrom, withIdentity } from "./account";
import { POOL_LOW, POOL_SIZE, readIds } from "./pool";
import { delivered, refused, rotated, unreachable, type Entry } from "./queue";
import { setRules } from "./rules";
import { change, read, type Account } from "./storage";
import { noteSent } from "./tracked";

export const RETRY_ALARM = "retry";
/** A worker that sleeps is woken by an alarm, and alarms come no sooner. */
const SOONEST_ALARM_MS = 30_000;

let delivering: Promise<void> | null = null;
let refilling: Promise<void> | null = null;

/** Sends what is due and asks for IDs when they run low; one such round at a time. */
export async function settle(force = false): Promise<void> {
  const { queue } = await read("queue");
  if (!force && queue.retryAt > Date.now()) {
    await wakeAt(queue.retryAt);
    return;
  }
  await deliver();
  await refill();
}

function deliver(): Promise<void> {
  delivering ??= deliverAll().finally(() => (delivering = null));
  return delivering;
}

async function deliverAll(): Promise<void> {
  for (;;) {
    const { account, queue, health } = await read("account", "queue", "health");
    const entry = queue.entries.find(({ owner }) => owner === account?.owner);
    if (!account || !entry || health.revoked) return;
    if (!(await deliverOne(account, entry))) return;
  }
}

/** False when it is no use to go on now. */
async function deliverOne(account: Account, entry: Entry): Promise<boolean> {
  try {
    await call(account, "PUT", `messages/${entry.id}`, entry.body);
  } catch (error) {
    if (error instanceof Refused && !error.passing && error.status !== 401) {
      await change(["queue"], ({ queue }) => ({
        write: { queue: refused(queue, entry) },
        result: null,
      }));
      return true;
    }
    await failed(error, entry);
    return false;
  }
  await reached((queue) => delivered(queue, entry));
  await noteSent(entry.body.gmail_thread_id);
  return true;
}

async function reached(settled: (queue: Parameters<typeof delivered>[0]) => typeof queue): Promise<void> {
  await change(["queue", "health"], ({ queue, health }) => ({
    write: { queue: settled(queue), health: { ...health, serverReached: true } },
    result: null,
  }));
}

/** Retry, or give up until the user acts: decided here and nowhere else. */
export async function failed(error: unknown, entry: Entry | null): Promise<void> {
  const revoked = error instanceof Refused && error.status === 401;
  const wait = error instanceof Refused ? error.retryAfter : null;
  const retryAt = await change(["queue", "health"], ({ queue, health }) => {
    const later = unreachable(entry ? rotated(queue, entry) : queue, Date.now(), wait);
    return {
      write: revoked
        ? { health: { ...health, revoked } }
        : { queue: later, health: { ...health, serverReached: error instanceof Refused } },
      result: later.retryAt,
    };
  });
  if (!revoked) await wakeAt(retryAt);
}

async function wakeAt(time: number): Promise<void> {
  const delay = Math.max(0, time - Date.now());
  await chrome.alarms.create(RETRY_ALARM, { when: Date.now() + Math.max(delay, SOONEST_ALARM_MS) });
  if (delay < SOONEST_ALARM_MS) setTimeout(() => void settle(), delay + 50);
}

export function refill(): Promise<void> {
  refilling ??= refillOnce().finally(() => (refilling = null));
  return refilling;
}

async function refillOnce(): Promise<void> {
  const { account, pool, health } = await read("account", "pool", "health");
  if (!account || health.revoked || pool.length >= POOL_LOW) return;
  try {
    const answer = await call(account, "POST", "ids", { count: POOL_SIZE - pool.length });
    await shelve(account, answer);
    void deliver();
  } catch (error) {
    await failed(error, null);
  }
}

async function shelve(asked: Account, answer: unknown): Promise<void> {
  const fresh = readIds((answer as { ids?: unknown } | null)?.ids);
  const current = accountFrom(asked, answer);
  const moved = await change(
    ["account", "pool", "health", "identities", "queue"],
    ({ account, pool, health, identities, queue }) => {
      if (account?.token !== asked.token) return { write: {}, result: null };
      const own = withIdentity(identities, current);
      return {
        write: {
          account: current,
          identities: own,
          pool: [...pool, ...fresh],
          health: { ...health, serverReached: true },
          queue: { ...queue, failures: 0, retryAt: 0 },
        },
        result: own,
      };
    },
  );
  if (moved && current.base !== asked.base) await setRules(moved, current);
}
