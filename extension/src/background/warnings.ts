/** What the user should know, most urgent first, and the badge that says so. */
import type { TroubleKind } from "../messaging/overview";
import { split } from "./delivery/queue";
import type { Stored } from "./storage";

type Known = Pick<Stored, "account" | "pool" | "queue" | "health">;

/** Send used so often without a request that it is no chance. */
const MISSED_IN_A_ROW = 2;
const LONG_AWAY_FAILURES = 4;

export function troublesOf({ account, pool, queue, health }: Known, gmailAccess: boolean): TroubleKind[] {
  const found: [boolean, TroubleKind][] = [
    [!gmailAccess, "no-access"],
    [health.unreadableAt !== null || health.missed >= MISSED_IN_A_ROW, "gmail-changed"],
    [account !== null && health.revoked, "revoked"],
    [queue.dropped > 0, "queue-full"],
    [queue.refused > 0, "refused"],
    [split(queue, account?.owner).others.length > 0, "other-account"],
    [account !== null && !health.revoked && pool.length === 0, "no-ids"],
    [account !== null && !health.serverReached && queue.failures >= LONG_AWAY_FAILURES, "server-away"],
  ];
  return found.filter(([is]) => is).map(([, kind]) => kind);
}

/** What is wrong comes before what is new. In no red: the icon under it is. */
export async function showBadge(troubles: readonly TroubleKind[], unread: number): Promise<void> {
  await chrome.action.setBadgeText({ text: badgeText(troubles, unread) });
  await chrome.action.setBadgeBackgroundColor({ color: troubles.length > 0 ? "#a05200" : "#1a66d6" });
}

export function badgeText(troubles: readonly TroubleKind[], unread: number): string {
  if (troubles.length > 0) return "!";
  if (unread > 99) return "99+";
  return unread > 0 ? String(unread) : "";
}
