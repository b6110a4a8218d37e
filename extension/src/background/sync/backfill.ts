/** The backfill: reads the list of all tracked mail page by page to learn which conversations contain it. */
import { Refused, call } from "../../server/client";
import { readMails } from "../../server/tracked-mail";
import { isOver } from "./clock";
import { isPaused } from "../delivery/queue";
import { change, read, type Account } from "../storage";
import { broadcast } from "../broadcast";
import { afterNewestCheck, afterPage, isDue, parseThreads, threadsOf, restarted, withThreads, type Page, type Backfill } from "./tracked-threads";

const PAGE = 200;
/** Enough for the mails that other browsers send within a minute. */
const NEWEST_COUNT = 25;
/** Pause between two pages, in milliseconds; old mail is not urgent. */
const PAUSE_MS = 500;
const CHECK_NEWEST_MS = 60_000;

let running: Promise<void> | null = null;

/** Continues where an earlier run was stopped. Only one run is active at a time. */
export function runBackfill(): Promise<void> {
  running ??= runToEnd().finally(() => (running = null));
  return running;
}

async function runToEnd(): Promise<void> {
  while (await fetchNextPage()) await new Promise((done) => setTimeout(done, PAUSE_MS));
}

/** Reads one page. False when there are no more pages or the server cannot be reached. */
async function fetchNextPage(): Promise<boolean> {
  const { account, walk: stored, health, queue } = await read("account", "walk", "health", "queue");
  const now = Date.now();
  if (!account || health.revoked || isPaused(queue, now) || !isDue(stored, now)) return false;
  const backfill = stored.isDone ? restarted(stored) : stored;
  try {
    const page = await fetchPage(account, PAGE, backfill.cursor);
    const after = afterPage(backfill, page, now);
    return (await savePage(account, page, "older", () => after)) && !after.isDone;
  } catch (error) {
    // The server no longer knows the cursor: the next run starts from the beginning.
    if (error instanceof Refused && error.status === 400)
      await change(["walk"], () => ({ write: { walk: { ...backfill, cursor: null } }, result: null }));
    return false;
  }
}

/** Reads the newest mails, at most once a minute, since other browsers send too. */
export async function checkNewest(): Promise<void> {
  const { account, walk: stored } = await read("account", "walk");
  const now = Date.now();
  if (!account || !stored.isDone || !isOver(stored.lookedAt, CHECK_NEWEST_MS, now)) return;
  const page = await fetchPage(account, NEWEST_COUNT, null).catch(() => null);
  if (page) await savePage(account, page, "newer", (current) => afterNewestCheck(current, page, now));
}

async function fetchPage(account: Account, limit: number, cursor: string | null): Promise<Page> {
  const from = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
  const answer = await call(account, "GET", `messages?limit=${limit}${from}`);
  const { next } = (answer ?? {}) as { next?: unknown };
  return { mails: readMails(answer), next: typeof next === "string" ? next : null };
}

/** False when another account was paired in the meantime. */
async function savePage(
  account: Account,
  { mails }: Page,
  place: "newer" | "older",
  advance: (backfill: Backfill) => Backfill,
): Promise<boolean> {
  const found = await change(["account", "walk", "known"], (now) => {
    if (now.account?.token !== account.token) return { write: {}, result: null };
    const known = withThreads(now.known, threadsOf(mails), place);
    const isNew = known !== now.known;
    return { write: { walk: advance(now.walk), ...(isNew && { known }) }, result: isNew };
  });
  if (found) await broadcast({ kind: "news" });
  return found !== null;
}

/** The threads that contain tracked mail, and whether there are others. */
export async function trackedAmong(ids: readonly string[]): Promise<{ ours: string[]; hasOthers: boolean }> {
  const known = parseThreads((await read("known")).known);
  const tracked = ids.filter((id) => known.has(id));
  return { ours: tracked, hasOthers: tracked.length < ids.length };
}
