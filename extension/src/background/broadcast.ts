import type { Broadcast } from "../messaging/messages";

/** To Gmail's tabs. Tabs without Gmail do not listen, and tabs of before an update cannot. */
export async function broadcast(message: Broadcast): Promise<void> {
  const tabs = await chrome.tabs.query({});
  await Promise.allSettled(
    tabs.flatMap(({ id }) => (id === undefined ? [] : [chrome.tabs.sendMessage(id, message)])),
  );
}
