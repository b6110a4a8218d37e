/** Tracked mails, as Gmail's tabs and the popup ask for them. */
import { call, Refused, Unreachable } from "../server-client";
import { readHistory, readMails, type MailHistory, type TrackedMail } from "../tracked";
import { change, read, type Account } from "./storage";
import { broadcast } from "./tabs";
import { differs, outdated, staleThreads, withAnswer } from "./thread-book";

/** As many as the server takes in one question. */
const AT_ONCE = 50;
const PAGE = 200;
/** A browser that was just paired learns of the mails that other browsers sent. */
const FIRST_PAGES = 5;
const MOST_FOUND = 20;

/** As far as they are known, at once: a list does not wait for the server. */
export async function mailsOf(ids: readonly string[]): Promise<Record<string, TrackedMail[]>> {
  const { threads } = await read("threads");
  return Object.fromEntries(ids.flatMap((id) => (threads[id] ? [[id, threads[id].mails]] : [])));
}

/**
 * Asks the server where too little is known; the tabs are told when there is something new. Conversations are
 * named to it only when they are known to hold a tracked mail: what else is in the mailbox is not its business.
 */
export async function askAbout(ids: readonly string[]): Promise<void> {
  const { account, threads, queue, health } = await read("account", "threads", "queue", "health");
  if (!account || health.revoked || queue.retryAt > Date.now()) return;
  const stale = staleThreads(threads, ids, Date.now());
  const ours = stale.filter((id) => threads[id]?.mails.length);
  const others = stale.filter((id) => !threads[id]?.mails.length);
  let isNew = false;
  for (let at = 0; at < ours.length; at += AT_ONCE)
    if (await askFor(account, ours.slice(at, at + AT_ONCE))) isNew = true;
  const pages = Object.keys(threads).length === 0 ? FIRST_PAGES : 1;
  if (others.length > 0 && (await askNewest(account, others, pages))) isNew = true;
  if (isNew) await broadcast({ kind: "news" });
}

/** True when one of `ids`, or of the newest tracked mails, is not as it was known. */
async function askNewest(account: Account, ids: readonly string[], pages: number): Promise<boolean> {
  const mails: TrackedMail[] = [];
  let cursor = "";
  for (let page = 0; page < pages; page += 1) {
    const query = `messages?limit=${PAGE}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const answer = await call(account, "GET", query).catch(() => null);
    if (answer === null) return false;
    mails.push(...readMails(answer));
    const { next } = answer as { next?: unknown };
    if (typeof next !== "string") break;
    cursor = next;
  }
  const found = mails.flatMap(({ threadId }) => threadId ?? []);
  return learn(account, [...new Set([...ids, ...found])], mails);
}

/** True when the answer is not what was known. */
async function askFor(account: Account, ids: readonly string[]): Promise<boolean> {
  const query = ids.map((id) => `gmail_thread_id=${id}`).join("&");
  const answer = await call(account, "GET", `messages?limit=${PAGE}&${query}`).catch(() => null);
  return answer !== null && learn(account, ids, readMails(answer));
}

function learn(account: Account, ids: readonly string[], mails: readonly TrackedMail[]): Promise<boolean> {
  return change(["account", "threads"], ({ account: now, threads }) => {
    if (now?.token !== account.token) return { write: {}, result: false };
    const after = withAnswer(threads, ids, mails, Date.now());
    return { write: { threads: after }, result: ids.some((id) => differs(threads[id], after[id])) };
  });
}

/** A mail was sent in it. */
export async function forgetThread(id: string | null): Promise<void> {
  if (id === null) return;
  await change(["threads"], ({ threads }) => {
    const known = threads[id];
    const write = known ? { threads: { ...threads, [id]: { ...known, askedAt: 0 } } } : {};
    return { write, result: null };
  });
  await broadcast({ kind: "news" });
}

export async function historyOf(id: string): Promise<MailHistory | null> {
  const { account } = await read("account");
  if (!account) return null;
  return readHistory(await call(account, "GET", `messages/${id}`));
}

export async function mute(id: string, muted: boolean): Promise<void> {
  await order(id, "PUT", "mute", { muted });
}

export async function stop(id: string): Promise<void> {
  await order(id, "POST", "stop", {});
}

async function order(id: string, method: "PUT" | "POST", what: string, body: unknown): Promise<void> {
  const { account } = await read("account");
  if (!account) return;
  await call(account, method, `messages/${id}/${what}`, body);
  await change(["threads"], ({ threads }) => ({
    write: { threads: outdated(threads, new Set([id])) },
    result: null,
  }));
  await broadcast({ kind: "news" });
}

export async function search(text: string): Promise<{ mails: TrackedMail[]; problem: string | null }> {
  const { account } = await read("account");
  if (!account) return { mails: [], problem: "Not connected to a server." };
  try {
    const query = `messages?limit=${MOST_FOUND}&q=${encodeURIComponent(text)}`;
    return { mails: readMails(await call(account, "GET", query)), problem: null };
  } catch (error) {
    if (error instanceof Refused || error instanceof Unreachable)
      return { mails: [], problem: error.message };
    throw error;
  }
}
