/** What the popup and the options page show. */
import type { ShownEvent } from "../server/events";
import type { Settings } from "../shared/settings";

export interface Pairing {
  address: string;
  code: string;
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
  /** The newest event that was looked at, on whichever device. */
  readUpTo: number;
  queued: number;
  pool: number;
  warnings: WarningKind[];
  /** Own clicks are told apart only where the browser may mark requests to this address. */
  accessTo: string | null;
  serverReached: boolean;
}
