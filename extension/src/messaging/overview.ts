/** What popup and options show. */
import type { Settings } from "../shared/settings";

export interface Pairing {
  address: string;
  code: string;
}

/** One event of the server's feed, as far as the popup shows it. */
export interface ShownEvent {
  number: number;
  kind: string;
  time: string;
  messageId: string;
  subject: string;
  sentence: string;
  /** Shown without an alert: muted, snoozed, quiet hours. */
  quiet: boolean;
}

export type TroubleKind =
  | "revoked"
  | "gmail-changed"
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
  troubles: TroubleKind[];
  /** Own clicks are told apart only where the browser may mark requests to this address. */
  accessTo: string | null;
  serverReached: boolean;
}

export const MOST_EVENTS = 100;

/** Tolerant: unknown kinds and fields are passed over. */
export function readEvents(events: unknown): ShownEvent[] {
  if (!Array.isArray(events)) return [];
  return events.flatMap((event: unknown) => readEvent(event) ?? []);
}

interface WireEvent {
  number: number;
  kind: string;
  time: string;
  message?: { id?: string; subject?: string } | null;
  verdict?: { sentence?: string } | null;
  quiet?: boolean;
}

const SHOWN = ["opened", "clicked", "corrected", "hot", "revived", "reminder", "digest"];

function readEvent(value: unknown): ShownEvent | null {
  if (typeof value !== "object" || value === null) return null;
  const { number, kind, time, message, verdict, quiet } = value as WireEvent;
  if (typeof number !== "number" || !SHOWN.includes(kind) || typeof time !== "string") return null;
  if (typeof message?.id !== "string" || typeof verdict?.sentence !== "string") return null;
  return {
    number,
    kind,
    time,
    messageId: message.id,
    subject: typeof message.subject === "string" ? message.subject : "",
    sentence: verdict.sentence,
    quiet: quiet === true,
  };
}

export function unreadOf({ events, readUpTo }: Pick<Overview, "events" | "readUpTo">): number {
  return events.filter(({ number, quiet }) => number > readUpTo && !quiet).length;
}
