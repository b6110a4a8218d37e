/** Fetches new events while a mail tab is visible, and periodically for the number on the icon and for alerts. */
import { readAlertEvents, type AlertEvent } from "../../alerts/alert-event";
import { isThreadId } from "../../hosts/sites";
import { MAX_EVENTS, threadsIn } from "../../server/events";
import { NOT_SEALBREAK, Refused, Unreachable } from "../../server/client";
import { alertAbout, isAlerting } from "../alerts/alerting";
import { knownAmong, withNews } from "../alerts/news";
import { choose } from "../delivery/choice-delivery";
import { deliverAndRefill, fetchIds, recordFailure } from "../delivery/delivery";
import { contact, isAddressOld } from "../server-contact";
import { MAX_FEED, nextAfter, wasRestored, afterRestore, withFeed, withoutErased, type Feed } from "./event-feed";
import { isPaused, splitByOwner } from "../delivery/queue";
import { change, read, type Account } from "../storage";
import { broadcast } from "../broadcast";
import { markedStale } from "./thread-cache";
import { withThreads } from "./tracked-threads";

export const POLL_ALARM = "poll";
const POLL_MINUTES = 1;
/** The shortest period that browsers allow. */
const ALERT_POLL_MINUTES = 0.5;
/** Applies to all tabs together. */
const PAUSE_MS = 4000;

/** From a monotonic clock. */
let polledAt = -PAUSE_MS;

/** Creating an alarm again would postpone it. Without a pairing there is none, so that the worker sleeps. */
export async function ensurePollAlarm(): Promise<void> {
  const { account } = await read("account");
  if (!account) {
    await chrome.alarms.clear(POLL_ALARM);
    return;
  }
  const alarm = await chrome.alarms.get(POLL_ALARM);
  const periodInMinutes = (await isAlerting()) ? ALERT_POLL_MINUTES : POLL_MINUTES;
  // An alarm that was set before the clock was set back would fire too late.
  const isInTime = alarm && alarm.scheduledTime <= Date.now() + 2 * periodInMinutes * 60_000;
  if (isInTime && alarm.periodInMinutes === periodInMinutes) return;
  await chrome.alarms.create(POLL_ALARM, { periodInMinutes });
}

/** True when something is new. Skips a server that could not be reached recently. */
export async function poll(): Promise<boolean> {
  const { queue, health } = await read("queue", "health");
  const now = performance.now();
  if (health.revoked || isPaused(queue, Date.now()) || now - polledAt < PAUSE_MS) return false;
  polledAt = now;
  return fetchEvents();
}

/** Fetches the events after the last known one. `isWatched`: the user looks at the list, so no alert is needed. */
export async function fetchEvents(isWatched = false): Promise<boolean> {
  const { account, health, ...kept } = await read("account", "health", "events", "lastEvent", "readUpTo", "erasures");
  if (!account) return false;
  try {
    // A server that was away may have come back under another address.
    if (isAddressOld(account, Date.now()) || !health.serverReached) await askForAddress(account);
    let feed = await feedAfter(account, nextAfter(kept));
    const isRestored = wasRestored(kept, feed);
    // After a long absence only the newest events matter.
    const hasGap = isRestored || feed.last > feed.reached;
    const hasErasures = feed.erasures !== null && feed.erasures !== kept.erasures;
    if (hasErasures) feed = await feedAfter(account, Math.max(0, feed.last - MAX_FEED), MAX_FEED);
    else if (hasGap) feed = await feedAfter(account, Math.max(0, feed.last - MAX_EVENTS));
    const restoredFrom = isRestored ? kept.lastEvent : null;
    const { isNew, news, readUpTo: seen } = await saveFeed(account, feed, { hasGap, hasErasures, restoredFrom });
    if (isNew) await broadcast({ kind: "news" });
    if (!isWatched) await alertAbout(account, news, seen);
    return isNew;
  } catch (error) {
    await recordFailure(error, null);
    return false;
  }
}

/** Each answer with IDs names the address. A server that refuses more IDs may still have events. */
async function askForAddress(account: Account): Promise<void> {
  await fetchIds(account, 1).catch((error: unknown) => {
    if (!(error instanceof Refused) || error.status === 401) throw error;
  });
}

interface FeedJson {
  events?: { number: number }[];
  last?: number;
  read?: number;
  erasures?: number;
}

async function feedAfter(account: Account, after: number, limit = MAX_EVENTS): Promise<Feed> {
  const answer = await contact(account, "GET", `events?after=${after}&limit=${limit}`);
  const { events, last, read: readUpTo, erasures } = answer as FeedJson;
  // Without this check the answer of another program would look like a server restored to an empty state.
  if (last === undefined) throw new Unreachable(NOT_SEALBREAK);
  return { events: events ?? [], reached: events?.at(-1)?.number ?? last, last, readUpTo: readUpTo ?? 0, erasures: erasures ?? null };
}

interface Changes {
  /** Events between the known ones and the feed are missing in it. */
  hasGap: boolean;
  hasErasures: boolean;
  /** The last known number, which a restored server has lost or assigned again. */
  restoredFrom: number | null;
}

async function saveFeed(account: Account, feed: Feed, { hasGap, hasErasures, restoredFrom }: Changes): Promise<SavedFeed> {
  return change(
    ["account", "events", "lastEvent", "readUpTo", "alerts", "health", "queue", "threads", "known"],
    (now) => {
      if (now.account?.token !== account.token) return { write: {}, result: NOTHING_NEW };
      // Two fetches may run at once: the second one finds that the restore was already handled.
      const startsAnew = restoredFrom === now.lastEvent;
      const before = startsAnew ? afterRestore(now, feed) : hasErasures ? withoutErased(now, feed) : now;
      const after = withFeed(before, feed);
      const changed = startsAnew || hasErasures || after.lastEvent > now.lastEvent;
      const isNews = changed || after.readUpTo > now.readUpTo;
      const health = { ...now.health, serverReached: true };
      // Another browser may register a mail long after it was sent: its conversation is then known by its first event.
      const known = withThreads(now.known, threadsIn(feed.events).filter(isThreadId), "newer");
      const alertEvents = readAlertEvents(feed.events);
      const kept = hasErasures ? knownAmong(now.alerts, alertEvents) : now.alerts;
      const alerts = withNews(startsAnew ? { ...kept, after: null } : kept, alertEvents, feed.last);
      const waiting = splitByOwner(now.queue, account.owner).own.length > 0;
      return {
        write: {
          ...(isNews && after),
          ...(known !== now.known && { known }),
          ...((hasErasures || alerts.state.after !== now.alerts.after) && { alerts: alerts.state }),
          ...(changed && { threads: markedStale(now.threads, hasGap ? null : messagesIn(feed.events)) }),
          // The cache may contain erased mails too. The server is asked again about conversations that are shown.
          ...(hasErasures && { threads: {}, erasures: feed.erasures ?? 0 }),
          ...(!now.health.serverReached && { health }),
          // When nothing waits for delivery, this resets the retry pause.
          ...(!waiting && now.queue.failures > 0 && { queue: { ...now.queue, failures: 0, retryAt: 0 } }),
        },
        result: { isNew: isNews, news: alerts.news, readUpTo: after.readUpTo },
      };
    },
  );
}

interface SavedFeed {
  isNew: boolean;
  /** What may cause alerts. */
  news: AlertEvent[];
  readUpTo: number;
}

const NOTHING_NEW: SavedFeed = { isNew: false, news: [], readUpTo: 0 };

function messagesIn(events: readonly unknown[]): Set<string> {
  const ids = (events as { message?: { id?: string } }[]).map((event) => event.message?.id);
  return new Set(ids.filter((id) => id !== undefined));
}

/** The user looks at the known events: the number on the icon disappears, here and on other devices. */
export async function markRead(): Promise<void> {
  const unread = await change(["account", "lastEvent", "readUpTo"], ({ account, lastEvent, readUpTo }) => ({
    write: lastEvent > readUpTo ? { readUpTo: lastEvent } : {},
    result: lastEvent > readUpTo ? { account, lastEvent } : null,
  }));
  if (!unread?.account) return;
  // Kept while the server is away: other devices learn later what was read here.
  await choose({ method: "POST", path: "read", body: { up_to: unread.lastEvent } });
  await deliverAndRefill(true);
}
