/** Tracked mails, as mail tabs and the popup request them. */
import type { Confirmation } from "../../messaging/messages";
import { call, Refused, Unreachable } from "../../server/client";
import { readHistory, readMails, type MailHistory, type TrackedMail } from "../../server/tracked-mail";
import { isPaused } from "../delivery/queue";
import { change, read, type Account } from "../storage";
import { broadcast } from "../broadcast";
import { differs, markedStale, staleThreads, withAnswer } from "./thread-cache";
import { parseThreads, threadsOf, withThreads, withoutThreads } from "./tracked-threads";
import { checkNewest, trackedAmong } from "./backfill";

/** The server's maximum number of threads in one request. */
const AT_ONCE = 50;
const PAGE = 200;
const MAX_PAGES = 10;
const MAX_FOUND = 20;
const NOT_CONNECTED = "Not connected to a server.";

/**
 * Answers from the cache at once: a list does not wait for the server. A conversation that contains tracked mail but is
 * not in the cache is left out.
 */
export async function mailsOf(ids: readonly string[]): Promise<Record<string, TrackedMail[]>> {
  const { threads, known } = await read("threads", "known");
  const tracked = parseThreads(known);
  return Object.fromEntries(ids.flatMap((id) => (threads[id] ? [[id, threads[id].mails]] : tracked.has(id) ? [] : [[id, []]])));
}

/**
 * Asks the server about outdated threads and tells the tabs when something changed. Only threads known to contain a
 * tracked mail are named to the server; it learns nothing about other mail.
 */
export async function refreshThreads(ids: readonly string[]): Promise<void> {
  const { account, threads, queue, health } = await read("account", "threads", "queue", "health");
  if (!account || health.revoked || isPaused(queue, Date.now())) return;
  const { ours: tracked, hasOthers } = await trackedAmong(ids);
  const stale = staleThreads(threads, tracked, Date.now());
  let isNew = false;
  for (let at = 0; at < stale.length; at += AT_ONCE)
    if (await fetchThreads(account, stale.slice(at, at + AT_ONCE))) isNew = true;
  if (isNew) await broadcast({ kind: "news" });
  if (hasOthers) await checkNewest();
}

/** True when the answer differs from the cache. */
async function fetchThreads(account: Account, ids: readonly string[]): Promise<boolean> {
  const query = ids.map((id) => `gmail_thread_id=${id}`).join("&");
  const mails: TrackedMail[] = [];
  let from = "";
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await call(account, "GET", `messages?limit=${PAGE}&${query}${from}`).catch(() => null);
    if (answer === null) return false;
    mails.push(...readMails(answer));
    const { next } = answer as { next?: unknown };
    if (typeof next !== "string") return saveThreads(account, ids, mails);
    from = `&cursor=${encodeURIComponent(next)}`;
  }
  return saveThreads(account, threadsOf(mails), mails);
}

/** A requested thread that is missing in the answer was erased on the server. */
function saveThreads(account: Account, ids: readonly string[], mails: readonly TrackedMail[]): Promise<boolean> {
  return change(["account", "threads", "known"], ({ account: now, threads, known }) => {
    if (now?.token !== account.token) return { write: {}, result: false };
    const after = withAnswer(threads, ids, mails, Date.now());
    const gone = ids.filter((id) => !after[id]);
    return {
      write: { threads: after, ...(gone.length > 0 && { known: withoutThreads(known, gone) }) },
      result: ids.some((id) => differs(threads[id], after[id])),
    };
  });
}

/** The server has received a mail that was sent from here in this thread. */
export async function addSentThread(threadId: string | null): Promise<void> {
  if (threadId !== null) await addThread(threadId);
  await broadcast({ kind: "news" });
}

async function addThread(threadId: string): Promise<void> {
  await change(["threads", "known"], ({ threads, known }) => {
    const thread = threads[threadId];
    const more = withThreads(known, [threadId], "newer");
    return {
      write: {
        ...(more !== known && { known: more }),
        ...(thread && { threads: { ...threads, [threadId]: { ...thread, askedAt: 0 } } }),
      },
      result: null,
    };
  });
}

export async function historyOf(id: string): Promise<MailHistory | "gone" | null> {
  const { account } = await read("account");
  if (!account) return null;
  try {
    return readHistory(await call(account, "GET", `messages/${id}`));
  } catch (error) {
    return error instanceof Refused && [404, 410].includes(error.status) ? "gone" : null;
  }
}

export function mute(id: string, muted: boolean): Promise<Confirmation> {
  return sendCommand(id, "PUT", "mute", { muted });
}

export function stop(id: string): Promise<Confirmation> {
  return sendCommand(id, "POST", "stop", {});
}

async function sendCommand(id: string, method: "PUT" | "POST", options: string, body: unknown): Promise<Confirmation> {
  const { account } = await read("account");
  if (!account) return { problem: NOT_CONNECTED };
  try {
    await call(account, method, `messages/${id}/${options}`, body);
  } catch (error) {
    return { problem: problemOf(error) };
  }
  await change(["threads"], ({ threads }) => ({
    write: { threads: markedStale(threads, new Set([id])) },
    result: null,
  }));
  await broadcast({ kind: "news" });
  return { problem: null };
}

/** In words for the user. Any other error is thrown again. */
function problemOf(error: unknown): string {
  if (error instanceof Refused || error instanceof Unreachable) return error.message;
  throw error;
}

export async function search(text: string, sentFrom: string | null): Promise<{ mails: TrackedMail[]; problem: string | null }> {
  const { account } = await read("account");
  if (!account) return { mails: [], problem: NOT_CONNECTED };
  try {
    const from = sentFrom === null ? "" : `&gmail_account=${encodeURIComponent(sentFrom)}`;
    const query = `messages?limit=${MAX_FOUND}&q=${encodeURIComponent(text)}${from}`;
    const mails = readMails(await call(account, "GET", query));
    // A server of an earlier version does not know this filter.
    return { mails: mails.filter((mail) => sentFrom === null || mail.account === sentFrom), problem: null };
  } catch (error) {
    return { mails: [], problem: problemOf(error) };
  }
}
