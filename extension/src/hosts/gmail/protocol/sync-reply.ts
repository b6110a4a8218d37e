/** Gmail's reply to a sync request: the ids that lists and threads show for a mail that was just sent. */
import type { SentIds } from "../../host";

const LEGACY_MESSAGE = 55;
const LEGACY_THREAD = 19;
const HEX = /^[0-9a-f]{8,16}$/;

/** Empty when the reply has an unknown layout: the ids are convenient but not required. */
export function readReply(text: string, draftIds: readonly string[]): SentIds[] {
  try {
    const root: unknown = JSON.parse(text.replace(/^\)\]\}'\s*/, ""));
    return threadsOf(root).flatMap((thread) => idsIn(thread, draftIds));
  } catch {
    return [];
  }
}

function at(value: unknown, ...path: number[]): unknown {
  return path.reduce<unknown>((node, i) => (Array.isArray(node) ? node[i] : undefined), value);
}

function threadsOf(root: unknown): unknown[] {
  const updates = at(root, 1, 5);
  if (!Array.isArray(updates)) return [];
  return updates
    .flatMap((update: unknown) => (Array.isArray(update) ? (update as unknown[]) : []))
    .map((thread) => at(thread, 2, 6, 0));
}

function idsIn(thread: unknown, draftIds: readonly string[]): SentIds[] {
  const messages = at(thread, 4);
  if (!Array.isArray(messages)) return [];
  return messages.flatMap((message: unknown) => {
    const draftId = at(message, 0);
    const messageId = hex(at(message, LEGACY_MESSAGE));
    if (typeof draftId !== "string" || !draftIds.includes(draftId) || !messageId) return [];
    return [{ draftId, messageId, threadId: hex(at(thread, LEGACY_THREAD)) }];
  });
}

function hex(value: unknown): string | null {
  return typeof value === "string" && HEX.test(value) ? value : null;
}
