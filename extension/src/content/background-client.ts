/** Sends requests from a mail tab to the background. After the extension is reloaded, old tabs cannot reach it. */
import { ask, type TabMessages } from "../messaging/messages";

/** False in a tab whose content script belongs to an earlier version of the extension. */
export function isAlive(): boolean {
  try {
    return Boolean(chrome.runtime.id);
  } catch {
    return false;
  }
}

/** Null when the background cannot be reached. */
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
