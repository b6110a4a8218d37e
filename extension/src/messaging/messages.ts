/** The messages between the parts of the extension: request and reply of each. */
import type { TrackingOverrides, TrackingOptions } from "../shared/tracking-options";
import type { Overview, Pairing } from "./overview";
import type { SelfTestState } from "./self-test";
import type { TrackingId } from "../tracking/body/instrument";
import type { ListName, Settings } from "../shared/settings";
import type { Registration } from "../tracking/registration";
import type { Identity } from "../tracking/addresses/urls";
import type { MailHistory, TrackedMail } from "../server/tracked-mail";

/** The state that a mail tab needs. The device token stays in the background. */
export interface TabState {
  signedIn: boolean;
  own: Identity[];
  /** The server's current public address; empty without an account. */
  base: string;
  /** The last mail was not understood, or was not seen at all. */
  hostChanged: boolean;
  settings: Settings;
}

export interface Prepared {
  trackingId: TrackingId | null;
  overrides: TrackingOverrides;
  /** Why there is no ID. */
  problem: "no-ids" | "not-kept" | null;
}

/** `too-large`: the server would reject the registration. */
export type Kept = "kept" | "too-large" | "failed";

export interface SendReport {
  draftId: string;
  id: string;
  registration: Registration;
}

/** Null when the server has done it, otherwise its words or why it gave none. */
export interface Confirmation {
  problem: string | null;
}

/** Sent by mail tabs. */
export interface TabMessages {
  "tab-state": { request: null; reply: TabState };
  /** Reserves the draft's ID. With `wait`, an empty pool is refilled first. */
  prepare: { request: { draftId: string; wait: boolean }; reply: Prepared };
  "set-overrides": { request: { draftId: string; overrides: TrackingOverrides }; reply: null };
  /** Saves the default for a domain, or for all mail when the domain is null. Null options forget the default. */
  remember: { request: { domain: string | null; options: TrackingOptions | null }; reply: null };
  /** Saves whether links whose text is an address are wrapped in all mail. */
  "wrap-url-text": { request: { on: boolean }; reply: null };
  /** Saves whether links to a domain are never wrapped. */
  "never-wrap": { request: { domain: string; on: boolean }; reply: null };
  /**
   * Sent before the mail is sent. Unless the registration is kept, the mail must be sent untracked.
   */
  keep: { request: SendReport; reply: Kept };
  /** The mail was sent untracked in the end. */
  withdraw: { request: SendReport; reply: null };
  /** The mail did not leave after all. `isUndone`: the user took it back; otherwise the host did not accept a send. */
  "not-sent": { request: { draftId: string; isUndone: boolean }; reply: null };
  /** The mail was sent. Sent again when more is known about it. */
  register: { request: SendReport; reply: null };
  views: { request: { ids: string[] }; reply: null };
  /** The tracked mails of the given threads. */
  threads: { request: { ids: string[] }; reply: Record<string, TrackedMail[]> };
  /** `gone`: the server does not know the mail, or no longer. Null when it did not answer. */
  mail: { request: { id: string }; reply: MailHistory | "gone" | null };
  mute: { request: { id: string; muted: boolean }; reply: Confirmation };
  stop: { request: { id: string }; reply: Confirmation };
  /** `shape` describes a request that was not understood, without its texts. */
  notice: { request: { kind: Notice; shape?: string }; reply: null };
  /** What happened to a mail, when its switch showed something else. The popup lists it. */
  outcome: { request: { subject: string; text: string }; reply: null };
}

/** Sent by the extension's own pages. */
export interface PageMessages {
  overview: { request: { refresh: boolean }; reply: Overview };
  pair: { request: Pairing; reply: { problem: string | null } };
  /**
   * `waiting` is the number of registrations that were not delivered. Signs out in spite of them only with `giveUp`.
   */
  "sign-out": { request: { giveUp: boolean } | null; reply: { waiting: number } };
  /** Drops the registrations of other accounts. */
  "give-up": { request: null; reply: null };
  /** Only the given options change. Replies with all settings. */
  settings: { request: Partial<Omit<Settings, ListName>>; reply: Settings };
  /** Adds entries to a list of the settings and removes others: two open pages do not overwrite each other. */
  "edit-list": { request: { list: ListName; add: string[]; remove: string[] }; reply: Settings };
  "forget-domain": { request: { domain: string }; reply: Settings };
  history: { request: { id: string | null }; reply: { url: string | null; problem: string | null } };
  /** The user has seen the events up to the newest known one. */
  seen: { request: null; reply: null };
  /** `account`: only mail that was sent from this mail account. */
  search: { request: { text: string; account: string | null }; reply: { mails: TrackedMail[]; problem: string | null } };
  "dismiss-warning": { request: null; reply: null };
  "dismiss-outcomes": { request: null; reply: null };
  /** `url` opens a test mail to oneself in the mail host. */
  "make-self-test": { request: null; reply: { url: string | null; problem: string | null } };
  /** Null when the server did not say. */
  "self-test-state": { request: null; reply: SelfTestState | null };
  "access-changed": { request: null; reply: null };
}

export type Messages = TabMessages & PageMessages;

/** `unreadable`: a mail with an unknown layout was sent. `missed`: a mail was sent, but no request was seen. */
export type Notice = "unreadable" | "missed" | "recognised";

/** Sent to all mail tabs. */
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
