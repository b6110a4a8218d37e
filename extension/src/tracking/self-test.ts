/** The test mail that users send to themselves: it gets the picture of the test, and is not tracked. Pure. */
import type { Part } from "../shared/outgoing-mail";
import { applyPlan } from "./body/apply";

/** The server writes this subject. A reply or a forwarded mail has another one. */
const SUBJECT = /^Sealbreak test ([\w-]{32})$/;
const OWN_PART = 0;

export function isSelfTest(subject: string): boolean {
  return SUBJECT.test(subject.trim());
}

/** New HTML for the part that gets the picture; null for the others. Null for a mail without a place for it. */
export function withTestPicture(subject: string, parts: readonly Part[], base: string): (string | null)[] | null {
  const nonce = SUBJECT.exec(subject.trim())?.[1];
  const part = parts.findLastIndex(({ type }) => type === OWN_PART);
  if (nonce === undefined || part < 0) return null;
  const nothing = { changes: [], links: [], pixelPart: part };
  return applyPlan(parts, nothing, [], { part, line: null, hidden: null, pixel: `${base}/o/check/${nonce}.gif` });
}
