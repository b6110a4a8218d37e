/**
 * Calls of the account's server. The server's current public address is taken over from every answer that contains
 * it, also for the IDs in stock: mails never contain an address that is no longer valid.
 */
import { call } from "../server/client";
import { accountFrom, identitiesFrom } from "./account";
import { setRules } from "./network-rules";
import { announceState } from "./overview";
import { change, type Account } from "./storage";

/** For a server that names its address only together with IDs. */
const ASK_AGAIN_MS = 600_000;

export async function contact(
  account: Account,
  method: Parameters<typeof call>[1],
  path: string,
  body?: unknown,
): Promise<unknown> {
  const answer = await call(account, method, path, body);
  if (namesAddress(answer)) await adopt(account, answer);
  return answer;
}

/** True when the server was not asked for its address lately. A clock that was set back counts as a long time. */
export function isAddressOld({ addressAt = 0 }: Account, now: number): boolean {
  return addressAt > now || now - addressAt > ASK_AGAIN_MS;
}

function namesAddress(answer: unknown): boolean {
  return typeof (answer as { base_url?: unknown } | null)?.base_url === "string";
}

async function adopt(asked: Account, answer: unknown): Promise<void> {
  const moved = await change(["account", "identities"], ({ account, identities }) => {
    if (account?.token !== asked.token) return { write: {}, result: null };
    const current = { ...accountFrom(account, answer), addressAt: Date.now() };
    const own = identitiesFrom(identities, current, answer);
    const isMoved = current.base !== account.base || current.senderMark !== account.senderMark || own.length !== identities.length;
    return { write: { account: current, identities: own }, result: isMoved ? { current, own } : null };
  });
  if (!moved) return;
  await setRules(moved.own, moved.current);
  await announceState();
}
