/** Holds one request while the bridge edits its mails; never longer than the limit, and never for an error. */
import { isSyncUrl, maySend, readRequest, writeParts, type FoundMail } from "../gmail/sync-request";
import { ANSWER, ASK, REPORT, heard, tell, type Answer, type Ask, type Report } from "../wire";

/** Signing takes milliseconds, a sleeping worker a tenth of a second. */
const LIMIT_MS = 1500;

export interface Held {
  /** The text to send: with the bridge's edits, or as it was. Never rejects. */
  text: Promise<string>;
  draftIds: string[];
}

/** Null for everything that is to pass at once, untouched. */
export function hold(method: string, url: string, body: unknown): Held | null {
  try {
    if (method.toUpperCase() !== "POST" || !isSyncUrl(url, location.href)) return null;
    if (typeof body !== "string" || !maySend(body)) return null;
    return holdText(body);
  } catch {
    // Whatever it was, the mail leaves as Gmail wrote it.
    report("unreadable");
    return null;
  }
}

function holdText(body: string): Held | null {
  const { found, unreadable } = readRequest(body);
  if (unreadable > 0) report("unreadable");
  if (found.length === 0) return null;
  const answer = askBridge(found);
  return (
    answer && {
      text: answer.then((edits) => (edits ? edited(body, found, edits) : body)),
      draftIds: found.map(({ mail }) => mail.draftId),
    }
  );
}

function edited(body: string, found: readonly FoundMail[], edits: Answer["edits"]): string {
  try {
    const changes = found.map(({ path }, index) => ({ path, parts: edits[index] ?? [] }));
    return writeParts(body, changes);
  } catch {
    report("unreadable");
    return body;
  }
}

/** Null when no bridge is there; the promise is null when it did not answer in time. */
function askBridge(found: readonly FoundMail[]): Promise<Answer["edits"] | null> | null {
  const key = crypto.randomUUID();
  const waiting = new AbortController();
  const answer = new Promise<Answer["edits"] | null>((resolve) => {
    const limit = setTimeout(() => {
      waiting.abort();
      report("late");
      resolve(null);
    }, LIMIT_MS);
    const listen = (event: Event) => {
      const reply = heard(event) as Partial<Answer> | null;
      if (reply?.key !== key || !isEdits(reply.edits)) return;
      event.preventDefault();
      waiting.abort();
      resolve(reply.edits);
    };
    waiting.signal.addEventListener("abort", () => {
      clearTimeout(limit);
    });
    document.addEventListener(ANSWER, listen, { signal: waiting.signal });
  });
  const mails = found.map(({ mail }) => mail);
  if (tell(ASK, { key, mails } satisfies Ask)) return answer;
  waiting.abort();
  return null;
}

function isEdits(value: unknown): value is Answer["edits"] {
  const isPart = (part: unknown) => part === null || typeof part === "string";
  return Array.isArray(value) && value.every((parts) => Array.isArray(parts) && parts.every(isPart));
}

function report(kind: Report["kind"]): void {
  tell(REPORT, { kind } satisfies Report);
}
