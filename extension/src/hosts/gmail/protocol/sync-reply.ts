/** Gmail's answers to its requests: the ids that lists and threads show for a mail that was sent. */
import type { SentIds } from "../../host";
import { isLegacyId } from "../ids";

const LABELS = 10;
const LEGACY_THREAD = 19;
const LEGACY_MESSAGE = 55;
/** A draft has an id of its own, which is no longer valid once it is sent. */
const DRAFT_LABEL = "^r";
const MAX_DEPTH = 16;

/** Empty when the answer names none of these drafts, or has an unknown layout: the ids are convenient but not required. */
export function readReply(text: string, draftIds: readonly string[]): SentIds[] {
  const named = draftIds.filter((id) => text.includes(id));
  if (named.length === 0) return [];
  try {
    const root: unknown = JSON.parse(text.replace(/^\)\]\}'\s*/, ""));
    return [...sentIn(root, named, null, 0)];
  } catch {
    return [];
  }
}

/** In any layout: Gmail has several kinds of answers. */
function* sentIn(node: unknown, draftIds: readonly string[], threadId: string | null, depth: number): Generator<SentIds> {
  if (!Array.isArray(node) || depth > MAX_DEPTH) return;
  const values = node as unknown[];
  const sent = readSent(values, draftIds, threadId);
  if (sent) {
    yield sent;
    return;
  }
  const thread = values[LEGACY_THREAD];
  for (const value of values) yield* sentIn(value, draftIds, isLegacyId(thread) ? thread : threadId, depth + 1);
}

function readSent(message: readonly unknown[], draftIds: readonly string[], threadId: string | null): SentIds | null {
  const [draftId] = message;
  const messageId = message[LEGACY_MESSAGE];
  const labels = message[LABELS];
  if (typeof draftId !== "string" || !draftIds.includes(draftId) || !isLegacyId(messageId)) return null;
  return Array.isArray(labels) && labels.includes(DRAFT_LABEL) ? null : { draftId, messageId, threadId };
}
