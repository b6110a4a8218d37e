/**
 * The ids in Gmail's pages and requests. A page writes a "#" before an id, and the id of a conversation that the server
 * does not know yet is joined with that of its mail: `#thread-a:r1|msg-a:r2`.
 */

const DRAFT_ID = /^msg-[\w:-]{1,80}$/;
const OWN_DRAFT = "msg-a:";
const CONVERSATION = /^thread-[af]:r?-?\w{1,40}$/;
const LEGACY_ID = /^[0-9a-f]{8,16}$/;

export function isDraftId(id: string): boolean {
  return DRAFT_ID.test(id);
}

/** The form of the ids in `data-legacy-` attributes. Gmail also writes "undefined" there. */
export function isLegacyId(id: unknown): id is string {
  return typeof id === "string" && LEGACY_ID.test(id);
}

export function draftIdIn(text: string): string | null {
  return idsIn(text).find(isDraftId) ?? null;
}

/** The id of a mail that was written in this account: it keeps the id of its draft. */
export function ownDraftIdIn(text: string): string | null {
  return idsIn(text).find((id) => id.startsWith(OWN_DRAFT) && isDraftId(id)) ?? null;
}

export function conversationIn(text: string): string | null {
  return idsIn(text).find((id) => CONVERSATION.test(id)) ?? null;
}

function idsIn(text: string): string[] {
  // A longer text is no id, and a mail's subject may be any text.
  return text.length > 200 ? [] : text.replace(/^#/, "").split("|");
}
