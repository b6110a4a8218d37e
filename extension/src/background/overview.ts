/** The state of the background, as tabs and pages receive it. */
import { SITES } from "../hosts/sites";
import type { TabState } from "../messaging/messages";
import type { Overview } from "../messaging/overview";
import { unreadOf, type ShownEvent } from "../server/events";
import { readSettings } from "../shared/settings";
import { originPattern } from "../server/client";
import { splitByOwner } from "./delivery/queue";
import { broadcast } from "./broadcast";
import { read, type Account } from "./storage";
import type { ThreadCache } from "./sync/thread-cache";
import { showBadge, activeWarnings, isHostChanged } from "./warnings";

export async function tabState(): Promise<TabState> {
  const { account, identities, settings, health } = await read(
    "account",
    "identities",
    "settings",
    "health",
  );
  return { signedIn: account !== null && !health.revoked, own: identities, base: account?.base ?? "", hostChanged: isHostChanged(health), settings: readSettings(settings) };
}

export async function overview(): Promise<Overview> {
  const stored = await read(
    "account",
    "settings",
    "events",
    "readUpTo",
    "queue",
    "pool",
    "health",
    "outcomes",
    "unreadShape",
    "threads",
  );
  const { account, settings, events, threads, readUpTo, queue, pool, health, outcomes, unreadShape } = stored;
  return {
    account: account && shown(account),
    settings: readSettings(settings),
    events,
    sentFrom: sentFrom(events, threads),
    readUpTo,
    queued: splitByOwner(queue, account?.owner).own.length,
    pool: pool.length,
    warnings: activeWarnings(stored, await hasHostAccess()),
    outcomes,
    unreadShape,
    accessTo: account ? await missingAccess(account) : null,
    serverReached: health.serverReached,
  };
}

function sentFrom(events: readonly ShownEvent[], threads: ThreadCache): string[] {
  const listed = Object.values(threads).flatMap(({ mails }) => mails.map(({ account }) => account));
  return [...new Set([...events.map(({ account }) => account), ...listed].filter((account) => account != null))].sort();
}

/** After a change of the account or the settings. */
export async function announceState(): Promise<void> {
  await broadcast({ kind: "state", state: await tabState() });
  await updateBadge();
}

export async function updateBadge(): Promise<void> {
  const stored = await read("account", "pool", "queue", "health", "events", "readUpTo", "outcomes");
  const warnings = activeWarnings(stored, await hasHostAccess());
  await showBadge(warnings.length + stored.outcomes.length, unreadOf(stored));
}

function shown({ name, owner, address, base, device }: Account): Overview["account"] {
  return { name, owner, address, baseUrl: base, device };
}

async function missingAccess({ base }: Account): Promise<string | null> {
  const origins = [originPattern(base)];
  return (await chrome.permissions.contains({ origins })) ? null : base;
}

/** Firefox lets the user revoke host access at any time without a notice. Other browsers do not report it. */
async function hasHostAccess(): Promise<boolean> {
  if (!chrome.runtime.getURL("").startsWith("moz-extension:")) return true;
  return chrome.permissions.contains({ origins: SITES.map(({ matchPattern }) => matchPattern) });
}
