/** The test mail that users send to themselves, and what it has proven. */
import { isHostUrl } from "../hosts/sites";
import type { SelfTestState } from "../messaging/self-test";
import { Refused, Unreachable, call } from "../server/client";
import { contact } from "./server-contact";
import { read } from "./storage";

/** Makes a test mail. `url` opens it in the mail host's compose window. */
export async function makeSelfTest(): Promise<{ url: string | null; problem: string | null }> {
  const { account } = await read("account");
  if (!account) return { url: null, problem: "Not connected to a server." };
  try {
    // The mail gets the server's address that is known here, so it must be the current one.
    await contact(account, "POST", "ids", { count: 1 });
    const made = (await call(account, "POST", "self-test")) as { compose_url: string; page: string };
    await visit(made.page);
    return isHostUrl(made.compose_url) ? { url: made.compose_url, problem: null } : { url: null, problem: "Your server's answer was not understood." };
  } catch (error) {
    if (error instanceof Refused || error instanceof Unreachable) return { url: null, problem: error.message };
    throw error;
  }
}

/** The server notes the visit: this browser may be in another network. The answer cannot be read, nor need it be. */
async function visit(page: string): Promise<void> {
  const signal = AbortSignal.timeout(5000);
  await fetch(page, { mode: "no-cors", credentials: "omit", cache: "no-store", signal }).catch(() => null);
}

/** Null when the server does not answer, or knows of no test mails. */
export async function selfTestState(): Promise<SelfTestState | null> {
  const { account } = await read("account");
  if (!account) return null;
  try {
    return readState(await call(account, "GET", "self-test"));
  } catch (error) {
    if (error instanceof Refused || error instanceof Unreachable) return null;
    throw error;
  }
}

function readState(answer: unknown): SelfTestState | null {
  const { findings } = (answer ?? {}) as { findings?: unknown };
  if (!Array.isArray(findings)) return null;
  const [test] = findings as Partial<SelfTestState>[];
  const { status, summary, advice } = test ?? {};
  if (typeof status !== "string" || typeof summary !== "string" || typeof advice !== "string") return null;
  return { status, summary, advice };
}
