/** The service worker (in Firefox an event page): its listeners and alarms. */
import { restoreRules } from "./account";
import { RETRY_ALARM, deliverAndRefill } from "./delivery/delivery";
import { adoptUnconfirmed } from "./delivery/send-reports";
import { handlerFor } from "./messages/router";
import { updateBadge } from "./overview";
import { EMPTY, restrictToTrustedContexts, write } from "./storage";
import { runBackfill } from "./sync/backfill";
import { POLL_ALARM, ensurePollAlarm, poll } from "./sync/event-poll";

async function start(): Promise<void> {
  await Promise.allSettled([restoreRules(), resume()]);
}

/** Continues what was waiting when the worker was stopped. */
async function resume(): Promise<void> {
  await adoptUnconfirmed();
  await Promise.all([deliverAndRefill(), ensurePollAlarm()]);
  await updateBadge();
}

chrome.runtime.onMessage.addListener((message: unknown, sender, reply) => {
  const { kind, request } = (message ?? {}) as { kind?: unknown; request?: unknown };
  const handle = handlerFor(kind, sender);
  if (!handle) return false;
  handle(request).then(reply, () => {
    reply(null);
  });
  return true;
});

chrome.alarms.onAlarm.addListener(({ name }) => {
  if (name === RETRY_ALARM) void deliverAndRefill(true).then(updateBadge);
  if (name === POLL_ALARM) void resume().then(poll).then(updateBadge).then(runBackfill);
});

chrome.runtime.onStartup.addListener(() => void start());

chrome.runtime.onInstalled.addListener(({ reason }) => {
  // What an earlier version has cached may lack what this one reads.
  if ((reason as string) === "update") void write({ threads: EMPTY.threads });
  void start();
  if ((reason as string) === "install") void chrome.runtime.openOptionsPage();
});

chrome.permissions.onAdded.addListener(() => void restoreRules().then(updateBadge));
chrome.permissions.onRemoved.addListener(() => void updateBadge());

void restrictToTrustedContexts();
