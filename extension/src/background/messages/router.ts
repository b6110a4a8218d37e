/** Finds the handler of a message by its sender. */
import { isHostUrl } from "../../hosts/sites";
import type { Messages } from "../../messaging/messages";
import { pageHandlers } from "./page-handlers";
import { tabHandlers } from "./tab-handlers";

type Handler = (request: unknown) => Promise<unknown>;

/** Null for a message that this sender may not send. */
export function handlerFor(kind: unknown, sender: chrome.runtime.MessageSender): Handler | null {
  if (sender.id !== chrome.runtime.id) return null;
  const table = handlersFor(sender.url ?? "");
  if (typeof kind !== "string" || !Object.hasOwn(table, kind)) return null;
  return table[kind as keyof Messages] as Handler;
}

function handlersFor(url: string): Partial<Record<keyof Messages, unknown>> {
  if (url.startsWith(chrome.runtime.getURL(""))) return pageHandlers;
  return isHostUrl(url) ? tabHandlers : {};
}
