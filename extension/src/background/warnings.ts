/** The warnings for the user, most urgent first, and the badge on the icon. */
import type { WarningKind } from "../messaging/overview";
import { splitByOwner } from "./delivery/queue";
import type { Stored } from "./storage";

type WarningInput = Pick<Stored, "account" | "pool" | "queue" | "health">;

const UNREACHABLE_FAILURES = 4;

export function activeWarnings({ account, pool, queue, health }: WarningInput, hostAccess: boolean): WarningKind[] {
  const found: [boolean, WarningKind][] = [
    [!hostAccess, "no-access"],
    [isHostChanged(health), "host-changed"],
    [account !== null && health.revoked, "revoked"],
    [queue.dropped > 0, "queue-full"],
    [queue.refused > 0, "refused"],
    [splitByOwner(queue, account?.owner).others.length > 0, "other-account"],
    [account !== null && !health.revoked && pool.length === 0, "no-ids"],
    [account !== null && !health.serverReached && queue.failures >= UNREACHABLE_FAILURES, "server-away"],
  ];
  return found.filter(([is]) => is).map(([, kind]) => kind);
}

/** Until a mail is understood again, or the user dismisses the warning. */
export function isHostChanged({ unreadableAt, missed }: Stored["health"]): boolean {
  return unreadableAt !== null || missed > 0;
}

/** A warning takes precedence over the number. The colours avoid red, the colour of the icon. */
export async function showBadge(warnings: number, unread: number): Promise<void> {
  await chrome.action.setBadgeText({ text: badgeText(warnings, unread) });
  await chrome.action.setBadgeBackgroundColor({ color: warnings > 0 ? "#a05200" : "#1a66d6" });
}

export function badgeText(warnings: number, unread: number): string {
  if (warnings > 0) return "!";
  if (unread > 99) return "99+";
  return unread > 0 ? String(unread) : "";
}
