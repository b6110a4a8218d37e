/** Checks of the messages from mail tabs. The page and other extensions can forge them. */
import { isDraftId, isThreadId } from "../../hosts/sites";
import type { TrackingOverrides } from "../../shared/tracking-options";
import type { Notice, SendReport } from "../../messaging/messages";

const ID = /^[a-z2-7]{16}$/;
/** More are asked for in several messages. */
const MAX_THREADS = 500;
const MAX_SKIPPED = 500;
const MAX_URL_LENGTH = 2000;
const MAX_VIEWS = 100;
const MAX_BYTES = 600_000;

export function isOverrides(value: unknown): value is TrackingOverrides {
  const { on, opens, links, skip, urlText } = (value ?? {}) as Partial<TrackingOverrides>;
  return (
    [on, opens, links, urlText].every((flag) => flag === null || typeof flag === "boolean") &&
    Array.isArray(skip) &&
    skip.length <= MAX_SKIPPED &&
    skip.every((url) => typeof url === "string" && url.length <= MAX_URL_LENGTH)
  );
}

export function isDomain(value: unknown): value is string {
  return typeof value === "string" && /^[^\s@]{1,253}$/.test(value);
}

export function isId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

/** An id that is none is left out. Hosts write all kinds of texts into their pages. */
export function threadIdsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.slice(0, MAX_THREADS).filter(isThreadId) : [];
}

export function isIdList(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length <= MAX_VIEWS &&
    value.every(isId)
  );
}

export function isSendReport(value: unknown): value is SendReport {
  const { draftId, id, registration } = (value ?? {}) as Partial<SendReport>;
  return (
    isDraftId(draftId) &&
    isId(id) &&
    typeof registration === "object"
  );
}

export function isTooLarge({ registration }: SendReport): boolean {
  return JSON.stringify(registration).length >= MAX_BYTES;
}

const MAX_TEXT = 1000;

export function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_TEXT;
}

const MAX_SHAPE = 20_000;

export function isShape(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_SHAPE;
}

export function isNotice(value: unknown): value is Notice {
  return value === "unreadable" || value === "missed" || value === "recognised";
}
