/** Pairing with an account on a server, and signing out. */
import type { Pairing } from "../messaging/overview";
import { NOT_SEALBREAK, Refused, Unreachable, call, readAddress } from "../server/client";
import { readBase, type Identity } from "../tracking/addresses/urls";
import { choicesOf } from "./delivery/id-pool";
import { setRules } from "./network-rules";
import { EMPTY, change, read, type Account } from "./storage";

/** Null on success, otherwise the problem in the user's words. */
export async function pair({ address, code, ownerName, contact }: Pairing): Promise<string | null> {
  const endpoint = readAddress(address);
  if (!endpoint) return "Enter an https address. Plain http works only for a server on this machine.";
  try {
    const name = deviceName(navigator.userAgent);
    const answer = await call({ address: endpoint, token: null }, "POST", "pair", {
      code: code.trim(),
      name,
      kind: "extension",
      ...(ownerName.trim() && { owner_name: ownerName.trim() }),
      ...(contact.trim() && { contact: contact.trim() }),
      time_zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
    const account = readPaired(endpoint, name, answer);
    if (!account) return NOT_SEALBREAK;
    await join(account, answer);
    return null;
  } catch (error) {
    if (error instanceof Refused || error instanceof Unreachable) return error.message;
    throw error;
  }
}

async function join(account: Account, answer: unknown): Promise<void> {
  const own = await change(["identities", "account", "pool", "drafts", "health"], (now) => {
    const same = now.account?.owner === account.owner && now.account.address === account.address;
    const identities = identitiesFrom(now.identities, account, answer);
    const { pool, events, lastEvent, readUpTo, alerts, erasures, threads, known, walk } = EMPTY;
    const others = { pool, events, lastEvent, readUpTo, alerts, erasures, threads, known, walk };
    const fresh = same ? {} : { ...others, drafts: choicesOf(now.drafts) };
    const health = { ...now.health, revoked: false, serverReached: true };
    return { write: { account, identities, health, ...fresh }, result: identities };
  });
  await setRules(own, account);
}

/**
 * This browser forgets everything at once, including registrations that were not delivered. What
 * the user chose for drafts is kept. Returns the account that it had.
 */
export async function forgetAccount(): Promise<Account | null> {
  const { identities, account } = await change(["account", "identities", "settings", "drafts"], ({ drafts, settings, ...now }) => ({
    write: { ...EMPTY, identities: now.identities, settings, drafts: choicesOf(drafts) },
    result: now,
  }));
  await setRules(identities, null);
  return account;
}

/** The server forgets this device too, if it can be reached. */
export async function unpair(account: Account): Promise<void> {
  await call(account, "DELETE", "devices/me").catch(() => null);
}

export function withIdentity(own: readonly Identity[], { base, owner }: Identity): Identity[] {
  const others = own.filter((one) => one.base !== base || one.owner !== owner);
  return [...others, { base, owner }];
}

const MAX_FORMER = 20;

/** The server may name its former public addresses: a new browser recognises the pixels and links of older mails. */
export function identitiesFrom(own: readonly Identity[], account: Identity, answer: unknown): Identity[] {
  const { former_base_urls: former } = (answer ?? {}) as { former_base_urls?: unknown };
  const bases = Array.isArray(former) ? former.slice(0, MAX_FORMER).flatMap((text: unknown) => (typeof text === "string" ? (readBase(text) ?? []) : [])) : [];
  const unknown = bases.filter((base) => !own.some((one) => one.base === base && one.owner === account.owner));
  const all = unknown.reduce<Identity[]>((known, base) => withIdentity(known, { base, owner: account.owner }), [...own]);
  return withIdentity(all, account);
}

/** The account with the public address and the mark that an answer names. */
export function accountFrom(account: Account, answer: unknown): Account {
  const { base_url, sender_mark, extension_version } = (answer ?? {}) as Record<string, unknown>;
  const base = typeof base_url === "string" ? readBase(base_url) : null;
  const mark = typeof sender_mark === "string" ? readMark(sender_mark) : null;
  const extensionVersion = typeof extension_version === "string" ? extension_version : "";
  return { ...account, base: base ?? account.base, senderMark: mark ?? account.senderMark, extensionVersion };
}

interface Paired {
  token?: unknown;
  account?: { owner?: unknown; name?: unknown };
}

function readPaired(address: string, device: string, answer: unknown): Account | null {
  const { token, account } = (answer ?? {}) as Paired;
  if (typeof token !== "string" || !token) return null;
  if (typeof account?.owner !== "string" || !/^[a-z2-7]{8}$/.test(account.owner)) return null;
  const name = typeof account.name === "string" ? account.name : "";
  const { owner } = account;
  return accountFrom({ address, token, owner, name, device, base: address, senderMark: "" }, answer);
}

function readMark(text: string): string | null {
  return /^[\w-]{22}$/.test(text) ? text : null;
}

function deviceName(agent: string): string {
  const browser = agent.includes("Firefox")
    ? "Firefox"
    : agent.includes("Edg/")
      ? "Edge"
      : agent.includes("OPR/")
        ? "Opera"
        : "Chrome";
  const system = ["Windows", "Mac OS", "CrOS", "Linux"].find((name) => agent.includes(name));
  return system ? `${browser} on ${system.replace("Mac OS", "macOS").replace("CrOS", "ChromeOS")}` : browser;
}

/** Sets the network rules from what is stored. */
export async function restoreRules(): Promise<void> {
  const { identities, account } = await read("identities", "account");
  await setRules(identities, account);
}
