/** Links to the server's pages, which sign the browser in. */
import { Refused, Unreachable, call } from "../server/client";
import { read } from "./storage";

export interface HistoryLink {
  url: string | null;
  problem: string | null;
}

/** `page` is what follows `/history`; empty for the list. */
export async function historyLink(page: string): Promise<HistoryLink> {
  const { account } = await read("account");
  if (!account) return { url: null, problem: "Not connected to a server." };
  try {
    const { url } = (await call(account, "POST", "sign-in", { path: `/history${page}` })) as { url: string };
    return { url, problem: null };
  } catch (error) {
    if (error instanceof Refused || error instanceof Unreachable) return { url: null, problem: error.message };
    throw error;
  }
}
