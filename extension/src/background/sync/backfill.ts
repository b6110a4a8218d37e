/** Reads the list of all tracked mail, page after page, for the conversations it is in. */
import { Refused, call } from "../../server/client";
import { readMails } from "../../server/tracked-mail";
import { isOver } from "./clock";
import { isPaused } from "../delivery/queue";
import { change, read, type Account } from "../storage";
import { broadcast } from "../broadcast";
import { afterNewestCheck, afterPage, isDue, parseThreads, threadsOf, restarted, withThreads, type Page, type Backfill } from "./tracked-threads";

const PAGE = 200;
/** Enough for what other browsers send in a minute. */
const NEWEST_COUNT = 25;
/** Between two pages: nobody waits for the old ones. */
const PAUSE_MS = 500;
const CHECK_NEWEST_MS = 60_000;

let running: Promise<void> | null = null;

/** Goes on where it was stopped, by the end of the browser or of the worker; one walk at a time. */
export function runBackfill(): Promise<void> {
  running ??= runToEnd().finally(() => (running = null));
  return running;
}

async function runToEnd(): Promise<void> {
  while (await fetchNextPage()) await new Promise((done) => setTimeout(done, PAUSE_MS));
}

/** One page. False when there is no more, or no server. */
async function fetchNextPage(): Promise<boolean> {
  const { account, walk: runBackfill, health, queue } = await read("account", "walk", "health", "queue");
  const now = Date.now();
  if (!account || health.revoked || isPaused(queue, now) || !isDue(runBackfill, now)) return false;
  const backfill = runBackfill.isDone ? restarted(runBackfill) : runBackfill;
  try {
    const page = await fetchPage(account, PAGE, backfill.cursor);
    const after = afterPage(backfill, page, now);
    return (await savePage(account, page, "older", () => after)) && !after.isDone;
  } catch (error) {
    // A cursor that the server knows no more: from the start, at the next occasion.
    if (error instanceof Refused && error.status === 400)
      await change(["walk"], () => ({ write: { walk: { ...backfill, cursor: null } }, result: null }));
    return false;
  }
}

/** At the newest mails, at most once a minute: other browsers send too. */
export async function checkNewest(): Promise<void> {
  const { account, walk: runBackfill } = await read("account", "walk");
  const now = Date.now();
  if (!account || !runBackfill.isDone || !isOver(runBackfill.lookedAt, CHECK_NEWEST_MS, now)) return;
  const page = await fetchPage(account, NEWEST_COUNT, null).catch(() => null);
  if (page) await savePage(account, page, "newer", (current) => afterNewestCheck(current, page, now));
}

async function fetchPage(account: Account, limit: number, cursor: string | null): Promise<Page> {
  const from = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
  const answer = await call(account, "GET", `messages?limit=${limit}${from}`);
  const { next } = (answer ?? {}) as { next?: unknown };
  return { mails: readMails(answer), next: typeof next === "string" ? next : null };
}

/** False when another account was paired meanwhile. */
async function savePage(
  account: Account,
  { mails }: Page,
  place: "newer" | "older",
  advance: (runBackfill: Backfill) => Backfill,
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

/** Those of Gmail's conversations that hold tracked mail, and whether others are among them. */
export async function trackedAmong(ids: readonly string[]): Promise<{ ours: string[]; hasOthers: boolean }> {
  const known = parseThreads((await read("known")).known);
  const tracked = ids.filter((id) => known.has(id));
  return { ours: tracked, hasOthers: tracked.length < ids.length };
}
