/** Holds one request while the bridge edits its mails; never longer than the limit, and never for an error. */
import { readReply } from "../hosts/gmail/protocol/sync-reply";
import { isSyncUrl, maySend, readRequest, writeParts, type FoundMail } from "../hosts/gmail/protocol/sync-request";
import type { Answer, Wire } from "../messaging/page-channel";

/** Signing takes milliseconds, a sleeping worker a tenth of a second. */
const LIMIT_MS = 1500;

export interface Held {
  /** The text to send: with the bridge's edits, or as it was. Never rejects. */
  text: Promise<string>;
  /** To be called with Gmail's answer. */
  answered: (reply: string) => void;
}

/** Null for everything that is to pass at once, untouched. */
export function hold(wire: Wire, method: string, url: string, body: unknown): Held | null {
  try {
    if (method.toUpperCase() !== "POST" || !isSyncUrl(url, location.href)) return null;
    if (typeof body !== "string" || !maySend(body)) return null;
    return holdText(wire, body);
  } catch {
    // Whatever it was, the mail leaves as Gmail wrote it.
    wire.tell("report", { kind: "unreadable" });
    return null;
  }
}

function holdText(wire: Wire, body: string): Held | null {
  const { found, unreadable } = readRequest(body);
  if (unreadable > 0) wire.tell("report", { kind: "unreadable" });
  if (found.length === 0) return null;
  const answer = askBridge(wire, found);
  const draftIds = found.map(({ mail }) => mail.draftId);
  return (
    answer && {
      text: answer.then((edits) => (edits ? edited(wire, body, found, edits) : body)),
      answered(reply) {
        const sent = readReply(reply, draftIds);
        if (sent.length > 0) wire.tell("reply", { sent });
      },
    }
  );
}

function edited(wire: Wire, body: string, found: readonly FoundMail[], edits: Answer["edits"]): string {
  try {
    const changes = found.map(({ path }, index) => ({ path, parts: edits[index] ?? [] }));
    return writeParts(body, changes);
  } catch {
    wire.tell("report", { kind: "unreadable" });
    return body;
  }
}

/** Null when no bridge is there; the promise is null when it did not answer in time. */
function askBridge(wire: Wire, found: readonly FoundMail[]): Promise<Answer["edits"] | null> | null {
  const key = crypto.randomUUID();
  const { promise, resolve } = Promise.withResolvers<Answer["edits"] | null>();
  const limit = setTimeout(() => {
    end(null);
    wire.tell("report", { kind: "late" });
  }, LIMIT_MS);
  const stop = wire.on("answer", (heard, cancel) => {
    const reply = heard as Partial<Answer> | null;
    if (reply?.key !== key || !isEdits(reply.edits)) return;
    cancel();
    end(reply.edits);
  });
  const end = (edits: Answer["edits"] | null) => {
    clearTimeout(limit);
    stop();
    resolve(edits);
  };
  const mails = found.map(({ mail }) => mail);
  if (wire.tell("ask", { key, mails })) return promise;
  end(null);
  return null;
}

function isEdits(value: unknown): value is Answer["edits"] {
  const isPart = (part: unknown) => part === null || typeof part === "string";
  return Array.isArray(value) && value.every((parts) => Array.isArray(parts) && parts.every(isPart));
}
