/** What the parts of the extension say to each other: the request and the reply of each message. */
import type { TrackingOverrides, TrackingOptions } from "../shared/tracking-options";
import type { Overview, Pairing } from "./overview";
import type { TrackingId } from "../tracking/instrument";
import type { Settings } from "../shared/settings";
import type { Registration } from "../tracking/registration";
import type { Identity } from "../tracking/urls";
import type { MailHistory, TrackedMail } from "../server/tracked-mail";

/** What a Gmail tab needs to know. The device's token stays in the worker. */
export interface TabState {
  signedIn: boolean;
  own: Identity[];
  settings: Settings;
}

export interface Prepared {
  trackingId: TrackingId | null;
  overrides: TrackingOverrides;
}

export interface SendReport {
  draftId: string;
  id: string;
  registration: Registration;
}

/** From Gmail tabs. */
export interface TabMessages {
  "tab-state": { request: null; reply: TabState };
  /** The draft's ID; `wait` lets an empty pool be filled first. */
  prepare: { request: { draftId: string; wait: boolean }; reply: Prepared };
  "set-overrides": { request: { draftId: string; overrides: TrackingOverrides }; reply: null };
  /** What is to be usual, for a domain or for all mail; null forgets it. */
  remember: { request: { domain: string | null; options: TrackingOptions | null }; reply: null };
  /** Before the mail leaves; false when it could not be kept, and the mail must leave untracked. */
  keep: { request: SendReport; reply: boolean };
  /** It left so, after all, untracked. */
  withdraw: { request: { draftId: string; id: string }; reply: null };
  /** It left; again when more is known of it. */
  register: { request: SendReport; reply: null };
  views: { request: { ids: string[] }; reply: null };
  /** The tracked mails of Gmail's conversations. */
  threads: { request: { ids: string[] }; reply: Record<string, TrackedMail[]> };
  mail: { request: { id: string }; reply: MailHistory | null };
  mute: { request: { id: string; muted: boolean }; reply: null };
  stop: { request: { id: string }; reply: null };
  notice: { request: { kind: Notice }; reply: null };
}

/** From our own pages. */
export interface PageMessages {
  overview: { request: { refresh: boolean }; reply: Overview };
  pair: { request: Pairing; reply: { problem: string | null } };
  /** `waiting`: how many sent mails the server was not told of yet. Only `giveUp` signs out all the same. */
  "sign-out": { request: { giveUp: boolean } | null; reply: { waiting: number } };
  /** Forgets the mails that wait for another account. */
  "give-up": { request: null; reply: null };
  settings: { request: Settings; reply: null };
  history: { request: { id: string | null }; reply: { url: string | null; problem: string | null } };
  /** Events up to the newest known were looked at. */
  seen: { request: null; reply: null };
  search: { request: { text: string }; reply: { mails: TrackedMail[]; problem: string | null } };
  "dismiss-warning": { request: null; reply: null };
  "access-changed": { request: null; reply: null };
}

export type Messages = TabMessages & PageMessages;

/** `unreadable`: a mail left that is not built as we know it. `missed`: Send was used, no request was seen. */
export type Notice = "unreadable" | "missed" | "recognised";

/** To all Gmail tabs. */
export type Broadcast =
  | { kind: "state"; state: TabState }
  /** Something happened to a tracked mail. */
  | { kind: "news" }
  | { kind: "overrides"; draftId: string; overrides: TrackingOverrides };

export async function ask<K extends keyof Messages>(
  kind: K,
  request: Messages[K]["request"],
): Promise<Messages[K]["reply"]> {
  const reply: unknown = await chrome.runtime.sendMessage({ kind, request });
  return reply as Messages[K]["reply"];
}
