/** Events as far as alerts need them. Pure. */

export interface AlertEvent {
  number: number;
  kind: string;
  /** The id of the mail; empty for an event that concerns no single mail. */
  message: string;
  subject: string;
  recipients: { address: string; name: string; copy: number }[];
  copy: number;
  /** The number of the link that was followed. */
  link: number | null;
  /** The number of the event whose verdict changed. */
  corrects: number | null;
  actor: string;
  sentence: string;
  /** The server asks for no alert. */
  quiet: boolean;
}

/** Skips what cannot be read. */
export function readAlertEvents(events: readonly unknown[]): AlertEvent[] {
  return events.flatMap((event) => readAlertEvent(event) ?? []);
}

interface EventJson {
  number: number;
  kind: string;
  message: { id: string; subject?: unknown; recipients?: unknown };
  copy?: unknown;
  link?: { n?: unknown } | null;
  corrects?: unknown;
  verdict?: { actor?: unknown; sentence?: unknown } | null;
  quiet?: unknown;
}

function readAlertEvent(value: unknown): AlertEvent | null {
  const { number, kind, message, copy, link, corrects, verdict, quiet } = (value ?? {}) as Partial<EventJson>;
  if (typeof number !== "number" || typeof kind !== "string" || typeof message?.id !== "string") return null;
  return {
    number,
    kind,
    message: message.id,
    subject: readText(message.subject),
    recipients: Array.isArray(message.recipients) ? message.recipients.map(readRecipient) : [],
    copy: readNumber(copy) ?? 0,
    link: readNumber(link?.n),
    corrects: readNumber(corrects),
    actor: readText(verdict?.actor) || "unknown",
    sentence: readText(verdict?.sentence),
    quiet: quiet === true,
  };
}

function readRecipient(value: unknown): AlertEvent["recipients"][number] {
  const { address, name, copy } = (value ?? {}) as Record<string, unknown>;
  return { address: readText(address), name: readText(name), copy: readNumber(copy) ?? 0 };
}

function readText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function readNumber(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
