import type { Broadcast } from "../messaging/messages";

/** Sends a message to the mail tabs. Other tabs do not listen, and tabs from before an update cannot receive it. */
export async function broadcast(message: Broadcast): Promise<void> {
  const tabs = await chrome.tabs.query({});
  await Promise.allSettled(
    tabs.flatMap(({ id }) => (id === undefined ? [] : [chrome.tabs.sendMessage(id, message)])),
  );
}
