/** Handlers of the messages from mail tabs. The page can forge these messages, so every request is checked. */
import { isDraftId } from "../../hosts/sites";
import type { Notice, Prepared, TabMessages } from "../../messaging/messages";
import { call } from "../../server/client";
import { readDomain } from "../../shared/domains";
import { isTrackingOptions, readSettings, remember, withNeverWrap, type Settings } from "../../shared/settings";
import { NO_OVERRIDES } from "../../shared/tracking-options";
import { broadcast } from "../broadcast";
import { deliverAndRefill, refill } from "../delivery/delivery";
import { REFILL_BELOW, overridesOf, reserve, withOverrides } from "../delivery/id-pool";
import { confirmSent, noteReserved, saveBeforeSend, withdraw } from "../delivery/send-reports";
import { announceState, tabState, updateBadge } from "../overview";
import { change, read } from "../storage";
import { runBackfill } from "../sync/backfill";
import { ensurePollAlarm, poll } from "../sync/event-poll";
import { historyOf, mailsOf, mute, refreshThreads, stop } from "../sync/tracked-mail";
import type { Handlers } from "./handlers";
import { isDomain, isId, isIdList, isNotice, isOverrides, isSendReport, isThreadIdList } from "./validation";

export const tabHandlers: Handlers<TabMessages> = {
  "tab-state": tabState,
  prepare,
  async "set-overrides"({ draftId, overrides }) {
    if (!isDraftId(draftId) || !isOverrides(overrides)) return null;
    await change(["drafts"], ({ drafts }) => ({
      write: { drafts: withOverrides(drafts, draftId, overrides, Date.now()) },
      result: null,
    }));
    await broadcast({ kind: "overrides", draftId, overrides });
    return null;
  },
  async remember({ domain, options }) {
    if (!(domain === null || isDomain(domain)) || !(options === null || isTrackingOptions(options))) return null;
    await changeSettings((settings) => remember(settings, domain, options));
    return null;
  },
  async "wrap-url-text"({ on }) {
    if (typeof on === "boolean") await changeSettings((settings) => ({ ...settings, urlText: on }));
    return null;
  },
  async "never-wrap"({ domain, on }) {
    if (typeof domain !== "string" || readDomain(domain) !== domain || typeof on !== "boolean") return null;
    await changeSettings((settings) => withNeverWrap(settings, domain, on));
    return null;
  },
  async keep(report) {
    return isSendReport(report) && saveBeforeSend(report);
  },
  async register(report) {
    if (isSendReport(report)) await confirmSent(report);
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
  /** A visible tab asks every few seconds; this keeps everything up to date. */
  async threads({ ids }) {
    if (!isThreadIdList(ids)) return {};
    void refreshForTab(ids);
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
    await recordNotice(kind);
    return null;
  },
};

async function changeSettings(update: (settings: Settings) => Settings): Promise<void> {
  await change(["settings"], ({ settings }) => ({
    write: { settings: update(readSettings(settings)) },
    result: null,
  }));
  await announceState();
}

async function prepare({ draftId, wait }: TabMessages["prepare"]["request"]): Promise<Prepared> {
  if (!isDraftId(draftId)) return { trackingId: null, overrides: NO_OVERRIDES };
  let reserved = await reserveFor(draftId);
  if (!reserved.trackingId && wait) {
    await refill();
    reserved = await reserveFor(draftId);
  } else if (reserved.left < REFILL_BELOW) void refill().then(updateBadge);
  const { trackingId, overrides } = reserved;
  if (trackingId) noteReserved(draftId, trackingId.id, trackingId.owner);
  return { trackingId, overrides };
}

function reserveFor(draftId: string) {
  return change(["account", "health", "pool", "drafts"], ({ account, health, pool, drafts }) => {
    if (!account || health.revoked)
      return { write: {}, result: { trackingId: null, overrides: overridesOf(drafts[draftId]), left: REFILL_BELOW } };
    const { owner, base } = account;
    const { draft, ...idPool } = reserve({ pool, drafts }, draftId, owner, Date.now());
    const trackingId = draft.seal ? { ...draft.seal, owner, base } : null;
    return { write: idPool, result: { trackingId, overrides: overridesOf(draft), left: idPool.pool.length } };
  });
}

async function recordNotice(kind: Notice): Promise<void> {
  await change(["health"], ({ health }) => {
    if (kind === "recognised" && health.missed === 0) return { write: {}, result: null };
    const missed = kind === "missed" ? health.missed + 1 : kind === "recognised" ? 0 : health.missed;
    const unreadableAt = kind === "unreadable" ? new Date().toISOString() : health.unreadableAt;
    return { write: { health: { ...health, missed, unreadableAt } }, result: null };
  });
  await updateBadge();
}

async function refreshForTab(ids: readonly string[]): Promise<void> {
  await Promise.all([deliverAndRefill(), ensurePollAlarm()]);
  if (await poll()) await updateBadge();
  await refreshThreads(ids);
  void runBackfill();
}
