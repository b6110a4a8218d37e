/** What happened: fetched while Gmail is looked at, and now and then for the number on the icon. */
import { MAX_EVENTS } from "../../server/events";
import { NOT_SEALBREAK, Unreachable, call } from "../../server/client";
import { recordFailure } from "../delivery/delivery";
import { nextAfter, wasRestored, afterRestore, withFeed, type Feed } from "./event-feed";
import { isPaused, splitByOwner } from "../delivery/queue";
import { change, read, type Account } from "../storage";
import { broadcast } from "../broadcast";
import { markedStale } from "./thread-cache";

export const POLL_ALARM = "poll";
const POLL_MINUTES = 1;
/** However many tabs ask. */
const PAUSE_MS = 4000;

/** By a clock that is never set back. */
let polledAt = -PAUSE_MS;

/** A browser has one alarm of a name: making it again does no harm, but puts it off. */
export async function ensurePollAlarm(): Promise<void> {
  const alarm = await chrome.alarms.get(POLL_ALARM);
  // Of before the clock was set back it would come too late.
  if (alarm && alarm.scheduledTime <= Date.now() + 2 * POLL_MINUTES * 60_000) return;
  await chrome.alarms.create(POLL_ALARM, { periodInMinutes: POLL_MINUTES });
}

/** True when something is new. Leaves a server alone that could not be reached just now. */
export async function poll(): Promise<boolean> {
  const { queue, health } = await read("queue", "health");
  const now = performance.now();
  if (health.revoked || isPaused(queue, Date.now()) || now - polledAt < PAUSE_MS) return false;
  polledAt = now;
  return fetchEvents();
}

/** Fetches what happened since the last event known. */
export async function fetchEvents(): Promise<boolean> {
  const { account, ...kept } = await read("account", "events", "lastEvent", "readUpTo");
  if (!account) return false;
  try {
    let feed = await feedAfter(account, nextAfter(kept));
    const isRestored = wasRestored(kept, feed);
    // After a long time away only the newest are of interest.
    const hasGap = isRestored || feed.last > feed.reached;
    if (hasGap) feed = await feedAfter(account, Math.max(0, feed.last - MAX_EVENTS));
    return await saveFeed(account, feed, hasGap, isRestored ? kept.lastEvent : null);
  } catch (error) {
    await recordFailure(error, null);
    return false;
  }
}

async function feedAfter(account: Account, after: number): Promise<Feed> {
  const answer = await call(account, "GET", `events?after=${after}&limit=${MAX_EVENTS}`);
  const { events, last, read: readUpTo } = answer as { events?: { number: number }[]; last?: number; read?: number };
  // Without it a stranger's answer would look like a server that was set back to nothing.
  if (last === undefined) throw new Unreachable(NOT_SEALBREAK);
  return { events: events ?? [], reached: events?.at(-1)?.number ?? last, last, readUpTo: readUpTo ?? 0 };
}

/** `setBackFrom`: the number that the server has no longer, or has given again. */
async function saveFeed(account: Account, feed: Feed, hasGap: boolean, restoredFrom: number | null): Promise<boolean> {
  const isNew = await change(
    ["account", "events", "lastEvent", "readUpTo", "health", "queue", "threads"],
    (now) => {
      if (now.account?.token !== account.token) return { write: {}, result: false };
      // Two may have asked at once: the second finds that it was started over already.
      const startsAnew = restoredFrom === now.lastEvent;
      const after = withFeed(startsAnew ? afterRestore(now, feed) : now, feed);
      const changed = startsAnew || after.lastEvent > now.lastEvent;
      const isNews = changed || after.readUpTo > now.readUpTo;
      const health = { ...now.health, serverReached: true };
      const waiting = splitByOwner(now.queue, account.owner).own.length > 0;
      return {
        write: {
          ...(isNews && after),
          ...(changed && { threads: markedStale(now.threads, hasGap ? null : messagesIn(feed.events)) }),
          ...(!now.health.serverReached && { health }),
          // With nothing to deliver this is what shows that the server is back.
          ...(!waiting && now.queue.failures > 0 && { queue: { ...now.queue, failures: 0, retryAt: 0 } }),
        },
        result: isNews,
      };
    },
  );
  if (isNew) await broadcast({ kind: "news" });
  return isNew;
}

function messagesIn(events: readonly unknown[]): Set<string> {
  const ids = (events as { message?: { id?: string } }[]).map((event) => event.message?.id);
  return new Set(ids.filter((id) => id !== undefined));
}

/** The user looks at what is known: the number on the icon goes, here and on other devices. */
export async function markRead(): Promise<void> {
  const account = await change(["account", "lastEvent", "readUpTo"], ({ account, lastEvent, readUpTo }) => ({
    write: lastEvent > readUpTo ? { readUpTo: lastEvent } : {},
    result: lastEvent > readUpTo ? { account, lastEvent } : null,
  }));
  if (!account?.account) return;
  await call(account.account, "POST", "read", { up_to: account.lastEvent }).catch(() => null);
}
