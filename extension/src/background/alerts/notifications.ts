/** The browser's notifications. They need a permission that the user gives on the options page. */
import type { Alert } from "../../alerts/folding";
import { isId } from "../messages/validation";
import { historyLink } from "../history-page";

const PERMISSION = { permissions: ["notifications" as const] };

export function isAllowed(): Promise<boolean> {
  return chrome.permissions.contains(PERMISSION);
}

/** One with the same key is replaced, and shown again. */
export async function show({ key, title, body }: Alert): Promise<void> {
  await chrome.notifications.create(key, { type: "basic", iconUrl: chrome.runtime.getURL("icons/128.png"), title, message: body });
}

let isListening = false;

/** Without the permission there is nothing to listen to; the caller calls again when it was given. */
export function openOnClick(): void {
  const notifications = chrome.notifications as typeof chrome.notifications | undefined;
  if (isListening || !notifications) return;
  isListening = true;
  notifications.onClicked.addListener((key) => void open(key));
}

async function open(key: string): Promise<void> {
  const { url } = await historyLink(pageOf(key));
  if (url) await chrome.tabs.create({ url });
  await chrome.notifications.clear(key);
}

/** The page about the events with this key. */
export function pageOf(key: string): string {
  const [message = "", , about] = key.split("/");
  if (isId(message)) return `/${message}`;
  return about === "digest" ? "/digest" : "";
}
