/** Shapes of what Gmail's tabs say: the page and other extensions can forge it. */
import type { Choice } from "../../shared/tracking-options";
import type { Notice, SendReport } from "../../messaging/messages";

const DRAFT = /^msg-[\w:-]{1,80}$/;
const ID = /^[a-z2-7]{16}$/;
const GMAIL_ID = /^[0-9a-f]{8,16}$/;
const MOST_THREADS = 500;
const MOST_SKIPPED = 500;
const LONGEST_URL = 2000;
const MOST_VIEWS = 100;
const MOST_BYTES = 600_000;

export function isDraftId(value: unknown): value is string {
  return typeof value === "string" && DRAFT.test(value);
}

export function isChoice(value: unknown): value is Choice {
  const { on, opens, links, skip } = (value ?? {}) as Partial<Choice>;
  return (
    [on, opens, links].every((flag) => flag === null || typeof flag === "boolean") &&
    Array.isArray(skip) &&
    skip.length <= MOST_SKIPPED &&
    skip.every((url) => typeof url === "string" && url.length <= LONGEST_URL)
  );
}

export function isDomain(value: unknown): value is string {
  return typeof value === "string" && /^[^\s@]{1,253}$/.test(value);
}

export function isId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

export function isGmailIdList(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= MOST_THREADS &&
    value.every((id) => typeof id === "string" && GMAIL_ID.test(id))
  );
}

export function isIdList(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= MOST_VIEWS &&
    value.every((id) => typeof id === "string" && ID.test(id))
  );
}

export function isSendReport(value: unknown): value is SendReport {
  const { draftId, id, registration } = (value ?? {}) as Partial<SendReport>;
  return (
    isDraftId(draftId) &&
    typeof id === "string" &&
    ID.test(id) &&
    typeof registration === "object" &&
    JSON.stringify(registration).length < MOST_BYTES
  );
}

export function isNotice(value: unknown): value is Notice {
  return value === "unreadable" || value === "missed" || value === "recognised";
}
