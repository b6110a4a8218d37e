/**
 * Alerts about new events, for users without a tray app. The server says which device alerts about an event: a
 * connected tray app, or else the first browser that asks.
 */
import { BURST_MS, alertsFor, loudOf } from "../../alerts/folding";
import type { AlertEvent } from "../../alerts/alert-event";
import { Refused, Unreachable, call } from "../../server/client";
import { readSettings } from "../../shared/settings";
import { read, type Account } from "../storage";
import { isRepeat } from "./news";
import { isAllowed, show } from "./notifications";

/** The worker ends soon after the last one, so it is not stored. */
let justShown: { at: number; event: AlertEvent }[] = [];

/** Events that were read on another device, or in the popup, need no alert. */
export async function alertAbout(account: Account, news: readonly AlertEvent[], readUpTo: number): Promise<void> {
  const unread = news.filter(({ number }) => number > readUpTo);
  if (unread.length === 0 || !(await isAlerting())) return;
  const after = await claim(account, unread);
  const loud = loudOf(unread.filter(({ number }) => number > after));
  const { alerts: state } = await read("alerts");
  const now = Date.now();
  const recent = justShown.filter(({ at }) => Math.abs(now - at) < BURST_MS);
  const alerts = alertsFor(loud, recent.map(({ event }) => event), (event) => isRepeat(state, event));
  justShown = [...recent, ...loud.map((event) => ({ at: now, event }))];
  for (const alert of alerts) await show(alert);
}

export async function isAlerting(): Promise<boolean> {
  const { settings } = await read("settings");
  return readSettings(settings).alerts && (await isAllowed());
}

/** A server that fails or is older than this question leaves all of them to us: a missed alert is worse than two. */
async function claim(account: Account, events: readonly AlertEvent[]): Promise<number> {
  const numbers = events.map(({ number }) => number);
  const range = { after: Math.min(...numbers) - 1, up_to: Math.max(...numbers) };
  try {
    const { after } = (await call(account, "POST", "alerts", range)) as { after?: unknown };
    return typeof after === "number" ? after : range.after;
  } catch (error) {
    if (error instanceof Refused || error instanceof Unreachable) return range.after;
    throw error;
  }
}
