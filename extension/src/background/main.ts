/** The service worker (in Firefox an event page): a table of handlers, and the times it wakes by itself. */
import { pair, signOut } from "./account";
import { RETRY_ALARM, refill, settle } from "./delivery/delivery";
import { POLL_ALARM, fetchEvents, keepPolling, markRead, poll } from "./sync/event-poll";
import { overview, tabState, updateBadge } from "./overview";
import { POOL_LOW, choiceOf, chooseFor, takeFor } from "./delivery/id-pool";
import { split } from "./delivery/queue";
import { setRules } from "./network-rules";
import { keep, register, withdraw } from "./delivery/send-reports";
import { change, closeToTabs, read, write } from "./storage";
import { broadcast } from "./broadcast";
import { askAbout, historyOf, mailsOf, mute, search, stop } from "./sync/tracked-mail";
import { isChoice, isDomain, isDraftId, isGmailIdList, isId, isIdList, isNotice, isSendReport } from "./messages/validation";
import { walk } from "./sync/backfill";
import { NO_CHOICE } from "../shared/tracking-options";
import type { Messages, PageMessages, Prepared, TabMessages } from "../messaging/messages";
import { isWhat, readSettings, remember } from "../shared/settings";
import { Refused, Unreachable, call } from "../server/client";

type Handlers<T> = {
  [K in keyof T]: T[K] extends { request: infer Q; reply: infer R } ? (request: Q) => Promise<R> : never;
};

const tabHandlers: Handlers<TabMessages> = {
  "tab-state": tabState,
  prepare,
  async choose({ draftId, choice }) {
    if (!isDraftId(draftId) || !isChoice(choice)) return null;
    await change(["drafts"], ({ drafts }) => ({
      write: { drafts: chooseFor(drafts, draftId, choice, Date.now()) },
      result: null,
    }));
    await broadcast({ kind: "choice", draftId, choice });
    return null;
  },
  async remember({ domain, what }) {
    if (!(domain === null || isDomain(domain)) || !(what === null || isWhat(what))) return null;
    await change(["settings"], ({ settings }) => ({
      write: { settings: remember(readSettings(settings), domain, what) },
      result: null,
    }));
    await afterChange();
    return null;
  },
  async keep(report) {
    return isSendReport(report) && keep(report);
  },
  async register(report) {
    if (isSendReport(report)) await register(report);
    return null;
  },
  async withdraw({ draftId, id }) {
    if (isDraftId(draftId) && isId(id)) await withdraw({ draftId, id });
    return null;
  },
  async views({ ids }) {
    const { account } = await read("account");
    if (account && isIdList(ids)) await call(account, "POST", "views", { messages: ids }).catch(() => null);
    return null;
  },
  /** A tab that is looked at asks every few seconds: that is what keeps all up to date. */
  async threads({ ids }) {
    if (!isGmailIdList(ids)) return {};
    void catchUp(ids);
    return mailsOf(ids);
  },
  async mail({ id }) {
    return isId(id) ? historyOf(id) : null;
  },
  async mute({ id, muted }) {
    if (isId(id) && typeof muted === "boolean") await mute(id, muted);
    return null;
  },
  async stop({ id }) {
    if (isId(id)) await stop(id);
    return null;
  },
  async notice({ kind }) {
    if (!isNotice(kind)) return null;
    await change(["health"], ({ health }) => {
      if (kind === "recognised" && health.missed === 0) return { write: {}, result: null };
      const missed = kind === "missed" ? health.missed + 1 : kind === "recognised" ? 0 : health.missed;
      const unreadableAt = kind === "unreadable" ? new Date().toISOString() : health.unreadableAt;
      return { write: { health: { ...health, missed, unreadableAt } }, result: null };
    });
    await updateBadge();
    return null;
  },
};

const pageHandlers: Handlers<PageMessages> = {
  async overview({ refresh }) {
    if (refresh) await Promise.all([settle(true), fetchEvents()]);
    await updateBadge();
    return overview();
  },
  async pair(pairing) {
    const problem = await pair(pairing);
    if (!problem) await Promise.all([settle(true), fetchEvents(), keepPolling()]);
    void walk();
    await afterChange();
    return { problem };
  },
  async "sign-out"(request) {
    const waiting = request?.giveUp ? 0 : await undelivered();
    if (waiting > 0) return { waiting };
    await signOut();
    await afterChange();
    return { waiting };
  },
  async "give-up"() {
    await change(["account", "queue"], ({ account, queue }) => ({
      write: { queue: { ...queue, entries: split(queue, account?.owner).own } },
      result: null,
    }));
    await updateBadge();
    return null;
  },
  async settings(settings) {
    await write({ settings: readSettings(settings) });
    await afterChange();
    return null;
  },
  async history({ id }) {
    const { account } = await read("account");
    if (!account) return { url: null, problem: "Not connected to a server." };
    try {
      const path = id ? { path: `/history/${id}` } : {};
      const { url } = (await call(account, "POST", "sign-in", path)) as { url: string };
      return { url, problem: null };
    } catch (error) {
      if (error instanceof Refused || error instanceof Unreachable)
        return { url: null, problem: error.message };
      throw error;
    }
  },
  async seen() {
    await markRead();
    await updateBadge();
    return null;
  },
  async search({ text }) {
    return search(text);
  },
  async "dismiss-warning"() {
    await change(["health", "queue"], ({ health, queue }) => ({
      write: {
        health: { ...health, unreadableAt: null, missed: 0 },
        queue: { ...queue, dropped: 0, refused: 0 },
      },
      result: null,
    }));
    await updateBadge();
    return null;
  },
  async "access-changed"() {
    await restoreRules();
    return null;
  },
};

/** How many mails are lost to the server when the browser forgets now; tries to deliver them first. */
async function undelivered(): Promise<number> {
  if ((await read("queue")).queue.entries.length > 0) await settle(true);
  return (await read("queue")).queue.entries.length;
}

async function catchUp(ids: readonly string[]): Promise<void> {
  await Promise.all([settle(), keepPolling()]);
  if (await poll()) await updateBadge();
  await askAbout(ids);
  void walk();
}

async function prepare({ draftId, wait }: TabMessages["prepare"]["request"]): Promise<Prepared> {
  if (!isDraftId(draftId)) return { seal: null, choice: NO_CHOICE };
  let taken = await take(draftId);
  if (!taken.seal && wait) {
    await refill();
    taken = await take(draftId);
  } else if (taken.left < POOL_LOW) void refill().then(updateBadge);
  return { seal: taken.seal, choice: taken.choice };
}

function take(draftId: string) {
  return change(["account", "health", "pool", "drafts"], ({ account, health, pool, drafts }) => {
    if (!account || health.revoked)
      return { write: {}, result: { seal: null, choice: choiceOf(drafts[draftId]), left: POOL_LOW } };
    const { owner, base } = account;
    const { draft, ...shelf } = takeFor({ pool, drafts }, draftId, owner, Date.now());
    const seal = draft.seal ? { ...draft.seal, owner, base } : null;
    return { write: shelf, result: { seal, choice: choiceOf(draft), left: shelf.pool.length } };
  });
}

async function afterChange(): Promise<void> {
  await broadcast({ kind: "state", state: await tabState() });
  await updateBadge();
}

async function restoreRules(): Promise<void> {
  const { identities, account } = await read("identities", "account");
  await setRules(identities, account);
}

async function start(): Promise<void> {
  await Promise.allSettled([restoreRules(), wake()]);
}

/** Whatever stopped the worker, and when: what waits goes on. */
async function wake(): Promise<void> {
  await Promise.all([settle(), keepPolling()]);
  await updateBadge();
}

function tableFor(url: string): Partial<Record<keyof Messages, unknown>> {
  if (url.startsWith(chrome.runtime.getURL(""))) return pageHandlers;
  return url.startsWith("https://mail.google.com/") ? tabHandlers : {};
}

function handlerFor(kind: unknown, sender: chrome.runtime.MessageSender) {
  const table = tableFor(sender.url ?? "");
  if (typeof kind !== "string" || !Object.hasOwn(table, kind)) return null;
  return table[kind as keyof Messages] as (request: unknown) => Promise<unknown>;
}

chrome.runtime.onMessage.addListener((message: unknown, sender, reply) => {
  const { kind, request } = (message ?? {}) as { kind?: unknown; request?: unknown };
  const handle = sender.id === chrome.runtime.id ? handlerFor(kind, sender) : null;
  if (!handle) return false;
  handle(request).then(reply, () => {
    reply(null);
  });
  return true;
});

chrome.alarms.onAlarm.addListener(({ name }) => {
  if (name === RETRY_ALARM) void settle(true).then(updateBadge);
  if (name === POLL_ALARM) void wake().then(poll).then(updateBadge).then(walk);
});

chrome.runtime.onStartup.addListener(() => void start());

chrome.runtime.onInstalled.addListener(({ reason }) => {
  void start();
  if ((reason as string) === "install") void chrome.runtime.openOptionsPage();
});

chrome.permissions.onAdded.addListener(() => void restoreRules().then(updateBadge));
chrome.permissions.onRemoved.addListener(() => void updateBadge());

void closeToTabs();
