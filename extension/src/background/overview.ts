/** The worker's knowledge, as tabs and pages get it. */
import type { TabState } from "../messaging/messages";
import { unreadOf, type Overview } from "../messaging/overview";
import { readSettings } from "../shared/settings";
import { originPattern } from "../server/client";
import { split } from "./delivery/queue";
import { read, type Account } from "./storage";
import { showBadge, troublesOf } from "./warnings";

const GMAIL = "https://mail.google.com/*";

export async function tabState(): Promise<TabState> {
  const { account, identities, settings, health } = await read(
    "account",
    "identities",
    "settings",
    "health",
  );
  return { signedIn: account !== null && !health.revoked, own: identities, settings: readSettings(settings) };
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
  );
  const { account, settings, events, readUpTo, queue, pool, health } = stored;
  return {
    account: account && shown(account),
    settings: readSettings(settings),
    events,
    readUpTo,
    queued: split(queue, account?.owner).own.length,
    pool: pool.length,
    troubles: troublesOf(stored, await mayReadGmail()),
    accessTo: account ? await missingAccess(account) : null,
    serverReached: health.serverReached,
  };
}

export async function updateBadge(): Promise<void> {
  const stored = await read("account", "pool", "queue", "health", "events", "readUpTo");
  await showBadge(troublesOf(stored, await mayReadGmail()), unreadOf(stored));
}

function shown({ name, owner, address, base, device }: Account): Overview["account"] {
  return { name, owner, address, baseUrl: base, device };
}

async function missingAccess({ base }: Account): Promise<string | null> {
  const origins = [originPattern(base)];
  return (await chrome.permissions.contains({ origins })) ? null : base;
}

/** Firefox lets the user take Gmail away at any time, and nothing else would tell. Others do not say. */
async function mayReadGmail(): Promise<boolean> {
  if (!chrome.runtime.getURL("").startsWith("moz-extension:")) return true;
  return chrome.permissions.contains({ origins: [GMAIL] });
}
