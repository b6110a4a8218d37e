/** Handlers of the messages from the extension's own pages. */
import type { PageMessages } from "../../messaging/messages";
import { readSettings, remember, withEdit, type Settings } from "../../shared/settings";
import { forgetAccount, pair, restoreRules, unpair } from "../account";
import { deliverAndRefill } from "../delivery/delivery";
import { splitByOwner } from "../delivery/queue";
import { countUnconfirmed, forgetReserved, forgetSends } from "../delivery/send-reports";
import { historyLink } from "../history-page";
import { announceState, overview, updateBadge } from "../overview";
import { makeSelfTest, selfTestState } from "../self-test";
import { change, read, write } from "../storage";
import { runBackfill } from "../sync/backfill";
import { ensurePollAlarm, fetchEvents, markRead } from "../sync/event-poll";
import { search } from "../sync/tracked-mail";
import type { Handlers } from "./handlers";

const UNEXPECTED = "Sealbreak could not save the pairing in this browser. Its storage or the disk may be full.";

export const pageHandlers: Handlers<PageMessages> = {
  async overview({ refresh }) {
    if (refresh) await Promise.all([deliverAndRefill(true), fetchEvents(true)]);
    await updateBadge();
    return overview();
  },
  async pair(pairing) {
    const problem = await pair(pairing).catch(() => UNEXPECTED);
    if (!problem) forgetReserved();
    if (problem === UNEXPECTED) await restoreRules().catch(() => undefined);
    if (!problem) await Promise.all([deliverAndRefill(true), fetchEvents(), ensurePollAlarm()]);
    void runBackfill();
    await announceState();
    return { problem };
  },
  async "sign-out"(request) {
    const waiting = request?.giveUp ? 0 : await undeliveredCount();
    if (waiting > 0) return { waiting };
    const former = await forgetAccount();
    forgetSends();
    // Before the server is told, which may take long: a tab must not go on with the former IDs.
    await Promise.all([announceState(), ensurePollAlarm()]);
    if (former) await unpair(former);
    return { waiting };
  },
  async "give-up"() {
    await change(["account", "queue"], ({ account, queue }) => ({
      write: { queue: { ...queue, entries: splitByOwner(queue, account?.owner).own } },
      result: null,
    }));
    await updateBadge();
    return null;
  },
  settings(patch) {
    return changeSettings((now) => ({ ...now, ...patch }));
  },
  "edit-list"(edit) {
    return changeSettings((now) => withEdit(now, edit));
  },
  "forget-domain"({ domain }) {
    return changeSettings((now) => remember(now, domain, null));
  },
  history({ id }) {
    return historyLink(id ? `/${id}` : "");
  },
  async seen() {
    await markRead();
    await updateBadge();
    return null;
  },
  async search({ text, account }) {
    return search(text, account);
  },
  "make-self-test": makeSelfTest,
  "self-test-state": selfTestState,
  async "dismiss-warning"() {
    await change(["health", "queue"], ({ health, queue }) => ({
      write: {
        health: { ...health, unreadableAt: null, missed: 0 },
        queue: { ...queue, dropped: 0, refused: 0 },
        unreadShape: "",
      },
      result: null,
    }));
    await announceState();
    return null;
  },
  async "dismiss-outcomes"() {
    await write({ outcomes: [] });
    await updateBadge();
    return null;
  },
  async "access-changed"() {
    await restoreRules();
    return null;
  },
};

async function changeSettings(edit: (now: Settings) => Settings): Promise<Settings> {
  const settings = await change(["settings"], (now) => {
    const edited = readSettings(edit(readSettings(now.settings)));
    return { write: { settings: edited }, result: edited };
  });
  await Promise.all([announceState(), ensurePollAlarm()]);
  return settings;
}

/** The number of registrations that would be lost by signing out now. Tries to deliver them first. */
async function undeliveredCount(): Promise<number> {
  if ((await read("queue")).queue.entries.length > 0) await deliverAndRefill(true);
  return (await read("queue")).queue.entries.length + (await countUnconfirmed());
}
