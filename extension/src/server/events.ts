/** Events as the server sends them, and as the popup shows them. Pure. */
import { eventTitle } from "./event-kinds";

/** The stored form of an event. */
export interface ShownEvent {
  number: number;
  kind: string;
  time: string;
  /** Empty for an event that concerns no single mail. */
  messageId: string;
  subject: string;
  /** The mail account that the mail was sent from; events stored by earlier versions have none. */
  account?: string | null;
  sentence: string;
  /** Shown without an alert: muted, snoozed, or during quiet hours. */
  quiet: boolean;
}

export const MAX_EVENTS = 100;

/** Skips everything that is not an event for people. */
export function readEvents(events: unknown): ShownEvent[] {
  if (!Array.isArray(events)) return [];
  return events.flatMap((event: unknown) => readEvent(event) ?? []);
}

interface EventJson {
  number: number;
  kind: string;
  time: string;
  message?: { id?: unknown; subject?: unknown; gmail?: { thread?: unknown; account?: unknown } | null } | null;
  verdict?: { sentence?: unknown } | null;
  quiet?: unknown;
}

/** An event of an unknown kind is shown by its sentence. An event with neither mail nor sentence is not for people. */
function readEvent(value: unknown): ShownEvent | null {
  if (typeof value !== "object" || value === null) return null;
  const { number, kind, time, message, verdict, quiet } = value as EventJson;
  if (typeof number !== "number" || typeof kind !== "string" || typeof time !== "string") return null;
  const messageId = readText(message?.id);
  const sentence = readText(verdict?.sentence);
  if (messageId === null && sentence === null) return null;
  return {
    number,
    kind,
    time,
    messageId: messageId ?? "",
    subject: readText(message?.subject) ?? "",
    account: readText(message?.gmail?.account),
    sentence: sentence ?? eventTitle(kind) ?? "New event",
    quiet: quiet === true,
  };
}

/** The conversations of the events' mails, as the host's lists name them. */
export function threadsIn(events: readonly unknown[]): string[] {
  const threads = (events as (Partial<EventJson> | null)[]).map((event) => readText(event?.message?.gmail?.thread));
  return threads.filter((thread) => thread !== null);
}

function readText(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The name of an event in a list: the subject of its mail, or else its kind. */
export function titleOf({ kind, messageId, subject }: ShownEvent): string {
  if (messageId) return subject;
  return eventTitle(kind) ?? "Sealbreak";
}

export function unreadOf({ events, readUpTo }: { events: readonly ShownEvent[]; readUpTo: number }): number {
  return events.filter(({ number, quiet }) => number > readUpTo && !quiet).length;
}
