/** Reads the list of all tracked mail, page after page, for the conversations it is in. */
import { Refused, call } from "../../server/client";
import { readMails } from "../../server/tracked-mail";
import { isOver } from "./clock";
import { isPaused } from "../delivery/queue";
import { change, read, type Account } from "../storage";
import { broadcast } from "../broadcast";
import { afterLook, afterPage, isDue, readKnown, threadsOf, walkAgain, withThreads, type Page, type Walk } from "./tracked-threads";

const PAGE = 200;
/** Enough for what other browsers send in a minute. */
const LOOK = 25;
/** Between two pages: nobody waits for the old ones. */
const PAUSE_MS = 500;
const LOOK_AGAIN_MS = 60_000;

let walking: Promise<void> | null = null;

/** Goes on where it was stopped, by the end of the browser or of the worker; one walk at a time. */
export function walk(): Promise<void> {
  walking ??= walkOn().finally(() => (walking = null));
  return walking;
}

async function walkOn(): Promise<void> {
  while (await step()) await new Promise((done) => setTimeout(done, PAUSE_MS));
}

/** One page. False when there is no more, or no server. */
async function step(): Promise<boolean> {
  const { account, walk, health, queue } = await read("account", "walk", "health", "queue");
  const now = Date.now();
  if (!account || health.revoked || isPaused(queue, now) || !isDue(walk, now)) return false;
  const due = walk.isDone ? walkAgain(walk) : walk;
  try {
    const page = await pageOf(account, PAGE, due.cursor);
    const after = afterPage(due, page, now);
    return (await keep(account, page, "older", () => after)) && !after.isDone;
  } catch (error) {
    // A cursor that the server knows no more: from the start, at the next occasion.
    if (error instanceof Refused && error.status === 400)
      await change(["walk"], () => ({ write: { walk: { ...due, cursor: null } }, result: null }));
    return false;
  }
}

/** At the newest mails, at most once a minute: other browsers send too. */
export async function lookAtNewest(): Promise<void> {
  const { account, walk } = await read("account", "walk");
  const now = Date.now();
  if (!account || !walk.isDone || !isOver(walk.lookedAt, LOOK_AGAIN_MS, now)) return;
  const page = await pageOf(account, LOOK, null).catch(() => null);
  if (page) await keep(account, page, "newer", (current) => afterLook(current, page, now));
}

async function pageOf(account: Account, limit: number, cursor: string | null): Promise<Page> {
  const from = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
  const answer = await call(account, "GET", `messages?limit=${limit}${from}`);
  const { next } = (answer ?? {}) as { next?: unknown };
  return { mails: readMails(answer), next: typeof next === "string" ? next : null };
}

/** False when another account was paired meanwhile. */
async function keep(
  account: Account,
  { mails }: Page,
  place: "newer" | "older",
  follow: (walk: Walk) => Walk,
): Promise<boolean> {
  const found = await change(["account", "walk", "known"], (now) => {
    if (now.account?.token !== account.token) return { write: {}, result: null };
    const known = withThreads(now.known, threadsOf(mails), place);
    const isNew = known !== now.known;
    return { write: { walk: follow(now.walk), ...(isNew && { known }) }, result: isNew };
  });
  if (found) await broadcast({ kind: "news" });
  return found !== null;
}

/** Those of Gmail's conversations that hold tracked mail, and whether others are among them. */
export async function oursAmong(ids: readonly string[]): Promise<{ ours: string[]; hasOthers: boolean }> {
  const known = readKnown((await read("known")).known);
  const ours = ids.filter((id) => known.has(id));
  return { ours, hasOthers: ours.length < ids.length };
}
