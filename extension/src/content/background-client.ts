/** The way from a Gmail tab to the worker. After a reload of the extension there is none. */
import { ask, type TabMessages } from "../messaging/messages";

/** False in a tab that an older copy of the extension left behind. */
export function isAlive(): boolean {
  try {
    return Boolean(chrome.runtime.id);
  } catch {
    return false;
  }
}

/** Null when the worker cannot be reached. */
export async function askBackground<K extends keyof TabMessages>(
  kind: K,
  request: TabMessages[K]["request"],
): Promise<TabMessages[K]["reply"] | null> {
  if (!isAlive()) return null;
  try {
    return await ask(kind, request);
  } catch {
    return null;
  }
}
