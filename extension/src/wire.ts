/**
 * What hook (in the page's world) and bridge (in ours) say to each other: events with JSON strings, since
 * nothing else passes between the worlds in both browsers. Anybody in the page can forge them.
 */
import type { SentIds } from "./gmail/sync-reply";
import type { OutgoingMail } from "./mail";

/** Cancelled by a bridge that lives and will answer. */
export const ASK = "sealbreak:ask";
/** Cancelled by the hook that still waits: what was answered goes out. */
export const ANSWER = "sealbreak:answer";
export const REPLY = "sealbreak:reply";
export const REPORT = "sealbreak:report";
/** A newer bridge tells the older ones to leave. */
export const TAKEOVER = "sealbreak:takeover";

export interface Ask {
  key: string;
  mails: OutgoingMail[];
}

export interface Answer {
  key: string;
  /** For each mail the new HTML of its parts, null where nothing changes. */
  edits: (string | null)[][];
}

export interface Reply {
  sent: SentIds[];
}

export interface Report {
  kind: "unreadable" | "late";
}

/** True when a listener cancelled the event: somebody is there. */
export function tell(name: string, detail: unknown): boolean {
  const event = new CustomEvent(name, { cancelable: true, detail: JSON.stringify(detail) });
  return !document.dispatchEvent(event);
}

/** What the event holds, null when it is no JSON. */
export function heard(event: Event): unknown {
  const detail: unknown = (event as CustomEvent<unknown>).detail;
  if (typeof detail !== "string") return null;
  try {
    return JSON.parse(detail) as unknown;
  } catch {
    return null;
  }
}
