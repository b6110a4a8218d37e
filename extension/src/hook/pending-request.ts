/** Holds one request while the content script edits its mails: never longer than the limit, and not after an error. */
import type { FoundMail, HostProtocol } from "../hosts/host";
import type { AwaitedIds } from "./awaited-ids";
import type { PageChannel, SendEdits } from "../messaging/page-channel";
import { pause } from "../shared/slices";

/** Signing takes milliseconds; a sleeping service worker takes a tenth of a second to answer. */
const LIMIT_MS = 1500;
/** In characters. The browser takes tens of milliseconds to send a larger body: it does that in a task of its own. */
const LARGE = 300_000;

export interface PendingRequest {
  /** The text to send: edited, or as it was. Never rejects. */
  text: Promise<string>;
  /** To be called with the host's reply, or with null when the request failed or was never sent. */
  onReply: (reply: string | null) => void;
}

/** Null when the request contains no mail, or no content script is there to edit it. */
export function holdSend(protocol: HostProtocol, channel: PageChannel, awaited: AwaitedIds, body: string): PendingRequest | null {
  const { found, unreadable, undone } = protocol.readRequest(body);
  if (unreadable > 0) channel.send("report", { kind: "unreadable", shape: protocol.shapeOf(body) });
  if (undone.length > 0) channel.send("report", { kind: "undone", draftIds: undone });
  if (found.length === 0) return null;
  const answer = requestEdits(channel, found);
  if (!answer) return null;
  const draftIds = found.map(({ mail }) => mail.draftId);
  const apply = (edits: SendEdits["edits"]): string => {
    try {
      return protocol.writeParts(body, found.map(({ path }, index) => ({ path, parts: edits[index] ?? [] })));
    } catch {
      channel.send("report", { kind: "unreadable", shape: protocol.shapeOf(body) });
      return body;
    }
  };
  return {
    text: answer.then(async (edits) => {
      const text = edits ? apply(edits) : body;
      if (text.length > LARGE) await pause();
      awaited.add(draftIds);
      return text;
    }),
    onReply(reply) {
      if (reply !== null) {
        awaited.read(reply);
        return;
      }
      awaited.remove(draftIds);
      channel.send("report", { kind: "failed", draftIds });
    },
  };
}

/** Null when no content script is there; the promise resolves to null when the answer is late. */
function requestEdits(channel: PageChannel, found: readonly FoundMail[]): Promise<SendEdits["edits"] | null> | null {
  const key = crypto.randomUUID();
  const { promise, resolve } = Promise.withResolvers<SendEdits["edits"] | null>();
  const limit = setTimeout(() => {
    end(null);
    channel.send("report", { kind: "late", mails: found.map(({ mail: { draftId, subject } }) => ({ draftId, subject })) });
  }, LIMIT_MS);
  const stop = channel.on("answer", (payload, cancel) => {
    const answer = payload as Partial<SendEdits> | null;
    if (answer?.key !== key || !isEdits(answer.edits)) return;
    cancel();
    end(answer.edits);
  });
  const end = (edits: SendEdits["edits"] | null) => {
    clearTimeout(limit);
    stop();
    resolve(edits);
  };
  const mails = found.map(({ mail }) => mail);
  if (channel.send("ask", { key, mails })) return promise;
  end(null);
  return null;
}

function isEdits(value: unknown): value is SendEdits["edits"] {
  const isPart = (part: unknown) => part === null || typeof part === "string";
  return Array.isArray(value) && value.every((parts) => Array.isArray(parts) && parts.every(isPart));
}
