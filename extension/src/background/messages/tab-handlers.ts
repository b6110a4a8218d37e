/** Handlers of the messages from mail tabs. The page can forge these messages, so every request is checked. */
import { isDraftId } from "../../hosts/sites";
import type { Notice, Prepared, TabMessages } from "../../messaging/messages";
import { call } from "../../server/client";
import { readDomain } from "../../shared/domains";
import { isTrackingOptions, readSettings, remember, withEdit, type Settings } from "../../shared/settings";
import { NO_OVERRIDES } from "../../shared/tracking-options";
import { broadcast } from "../broadcast";
import { deliverAndRefill, refill } from "../delivery/delivery";
import { REFILL_BELOW, overridesOf, reserve, withOverrides } from "../delivery/id-pool";
import { confirmSent, noteReserved, reportNotSent, saveBeforeSend, withdraw } from "../delivery/send-reports";
import { isHostChanged } from "../warnings";
import { announceState, tabState, updateBadge } from "../overview";
import { change, read } from "../storage";
import { runBackfill } from "../sync/backfill";
import { ensurePollAlarm, poll } from "../sync/event-poll";
import { historyOf, mailsOf, mute, refreshThreads, stop } from "../sync/tracked-mail";
import type { Handlers } from "./handlers";
import { isDomain, isId, isIdList, isNotice, isOverrides, isSendReport, isShape, isText, isTooLarge, threadIdsIn } from "./validation";

/** More would hide the rest of the popup. */
const MAX_OUTCOMES = 10;
const INVALID = { problem: "The request is invalid." };

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
    await changeSettings((settings) => withEdit(settings, { list: "neverWrap", add: on ? [domain] : [], remove: on ? [] : [domain] }));
    return null;
  },
  async keep(report) {
    if (!isSendReport(report)) return "failed";
    if (isTooLarge(report)) return "too-large";
    return (await saveBeforeSend(report)) ? "kept" : "failed";
  },
  async register(report) {
    if (isSendReport(report) && !isTooLarge(report)) await confirmSent(report);
    return null;
  },
  async withdraw(report) {
    if (isSendReport(report)) await withdraw(report);
    return null;
  },
  async "not-sent"({ draftId, isUndone }) {
    if (isDraftId(draftId)) await reportNotSent({ draftId, isUndone });
    return null;
  },
  async views({ ids }) {
    const { account } = await read("account");
    if (account && isIdList(ids)) await call(account, "POST", "views", { messages: ids }).catch(() => null);
    return null;
  },
  /** A visible tab asks every few seconds; this keeps everything up to date. */
  async threads({ ids }) {
    const threads = threadIdsIn(ids);
    void refreshForTab(threads);
    return mailsOf(threads);
  },
  async mail({ id }) {
    return isId(id) ? historyOf(id) : null;
  },
  async mute({ id, muted }) {
    return isId(id) && typeof muted === "boolean" ? mute(id, muted) : INVALID;
  },
  async stop({ id }) {
    return isId(id) ? stop(id) : INVALID;
  },
  async notice({ kind, shape }) {
    if (isNotice(kind)) await recordNotice(kind, isShape(shape) ? shape : "");
    return null;
  },
  async outcome({ subject, text }) {
    if (!isText(subject) || !isText(text)) return null;
    await change(["outcomes"], ({ outcomes }) => ({
      write: { outcomes: [...outcomes, { time: new Date().toISOString(), subject, text }].slice(-MAX_OUTCOMES) },
      result: null,
    }));
    await updateBadge();
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
  if (!isDraftId(draftId)) return { trackingId: null, overrides: NO_OVERRIDES, problem: "no-ids" };
  try {
    let reserved = await reserveFor(draftId);
    if (!reserved.trackingId && wait) {
      await refill();
      reserved = await reserveFor(draftId);
    } else if (reserved.left < REFILL_BELOW) void refill().then(updateBadge);
    const { trackingId, overrides } = reserved;
    if (trackingId) noteReserved(draftId, trackingId.id, trackingId.owner);
    return { trackingId, overrides, problem: trackingId ? null : "no-ids" };
  } catch {
    // The browser's storage is full: an ID that is not saved might be used twice.
    const { drafts } = await read("drafts");
    return { trackingId: null, overrides: overridesOf(drafts[draftId]), problem: "not-kept" };
  }
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

/** A mail that is understood ends the warning: the host did not change, or the extension was updated. */
async function recordNotice(kind: Notice, shape: string): Promise<void> {
  const isChanged = await change(["health"], ({ health }) => {
    if (kind === "recognised" && !isHostChanged(health)) return { write: {}, result: false };
    const missed = kind === "missed" ? health.missed + 1 : kind === "recognised" ? 0 : health.missed;
    const unreadableAt = kind === "unreadable" ? new Date().toISOString() : kind === "recognised" ? null : health.unreadableAt;
    const write = { health: { ...health, missed, unreadableAt }, ...(shape && { unreadShape: shape }) };
    return { write, result: true };
  });
  if (isChanged) await announceState();
}

async function refreshForTab(ids: readonly string[]): Promise<void> {
  await Promise.all([deliverAndRefill(), ensurePollAlarm()]);
  if (await poll()) await updateBadge();
  await refreshThreads(ids);
  void runBackfill();
}
