/** What the popup and the options page show. */
import type { ShownEvent } from "../server/events";
import type { Settings } from "../shared/settings";

export interface Pairing {
  address: string;
  code: string;
}

/** What happened to a mail whose switch showed something else. */
export interface SendOutcome {
  time: string;
  subject: string;
  text: string;
}

export type WarningKind =
  | "revoked"
  | "host-changed"
  | "server-away"
  | "queue-full"
  | "refused"
  | "other-account"
  | "no-ids"
  | "no-access";

export interface Overview {
  account: { name: string; owner: string; address: string; baseUrl: string; device: string } | null;
  settings: Settings;
  events: ShownEvent[];
  /** The mail accounts that known mails were sent from, in order. */
  sentFrom: string[];
  /** The newest event that was read on any device. */
  readUpTo: number;
  queued: number;
  pool: number;
  warnings: WarningKind[];
  /** Oldest first. */
  outcomes: SendOutcome[];
  /** Types and lengths in the last request that was not understood; empty when there was none. */
  unreadShape: string;
  /** The address for which permission is missing. Without it, own clicks cannot be marked. */
  accessTo: string | null;
  serverReached: boolean;
}
