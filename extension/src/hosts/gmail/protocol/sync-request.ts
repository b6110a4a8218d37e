/** Gmail's outgoing sync request: the mails that it sends, and edits of their bodies. */
import { splice } from "../../../shared/text-edit";
import type { MailEdit, OutgoingRequest } from "../../host";
import { conversationIn, isDraftId } from "../ids";
import { gmailSite } from "../site";
import { spanAt } from "./json-span";
import type { OutgoingMail, Part, Recipient, RecipientKind } from "../../../shared/outgoing-mail";

const SYNC_ROOT = "/sync/";
const SYNC_PATH = /^\/sync\/(?:[^?#]*\/)?i\/s$/;
const SEND_LABELS = ["^pfg", "^scheduled"];
const CONFIDENTIAL_LABEL = "^irm_outbound";
const MAX_DEPTH = 12;
const BODY = 8;
const PARTS = 1;
const HTML_FLAG = 6;

export function isSyncUrl(url: string, base: string): boolean {
  return isGmailUrl(url, base) && SYNC_PATH.test(new URL(url, base).pathname);
}

/** Lists and conversations are fetched from places beside the one that mail is sent to. */
export function isAnswerUrl(url: string, base: string): boolean {
  return isGmailUrl(url, base) && new URL(url, base).pathname.startsWith(SYNC_ROOT);
}

export function isGmailUrl(url: string, base: string): boolean {
  return URL.canParse(url, base) && new URL(url, base).hostname === gmailSite.domain;
}

/** In a JSON string the quotes would be escaped, so this matches labels only. */
export function maySend(text: string): boolean {
  return SEND_LABELS.some((label) => text.includes(`"${label}"`));
}

/** A draft that is saved while another mail is undone has the label and HTML too, but not as a label that is set. */
export function looksSent(text: string): boolean {
  if (!maySend(text) || !hasHtml(text)) return false;
  try {
    return strayLabels(JSON.parse(text)) > 0;
  } catch {
    return true;
  }
}

/** Throws SyntaxError when the text is not JSON. */
export function readRequest(text: string): OutgoingRequest {
  const root: unknown = JSON.parse(text);
  const reading: OutgoingRequest = { found: [], unreadable: 0, undone: [] };
  let sends = 0;
  for (const { path, node, threadId, isInLists } of sendsIn(root, [], null)) {
    sends += 1;
    // Edits find their place by counting in lists.
    const mail = isInLists && Array.isArray(node) ? readMail(node as unknown[], threadId) : null;
    if (mail) reading.found.push({ path, mail });
    else if (hasHtml(JSON.stringify(node))) reading.unreadable += 1;
  }
  if (sends === 0 && looksSent(text)) reading.unreadable = 1;
  reading.undone = undoneIn(root);
  return reading;
}

function hasHtml(text: string): boolean {
  return /<[a-z]/i.test(text);
}

/** `[labels to add, labels to remove, message ids]`, as in Gmail's requests that change labels. */
function isLabelChange(node: unknown[]): node is [unknown, unknown[], string[]] {
  const [, removed, ids] = node;
  return isSendLabels(removed) && Array.isArray(ids) && ids.length > 0 && ids.every((id) => startsWith(id, "msg-"));
}

/** The number of send labels outside of label changes. */
function strayLabels(node: unknown): number {
  if (typeof node !== "object" || node === null) return 0;
  if (Array.isArray(node) && isLabelChange(node)) return 0;
  if (isSendLabels(node)) return 1;
  return Object.values(node).reduce<number>((sum, value) => sum + strayLabels(value), 0);
}

function undoneIn(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  if (Array.isArray(node) && isLabelChange(node)) return node[2];
  return Object.values(node).flatMap(undoneIn);
}

/** Replaces the HTML of some parts and leaves all other bytes as they were. */
export function writeParts(text: string, edits: readonly MailEdit[]): string {
  const replacements = edits.flatMap(({ path, parts }) =>
    parts.flatMap((html, index) =>
      html === null
        ? []
        : [{ ...spanAt(text, [...path, BODY, PARTS, index, 1]), text: JSON.stringify(html) }],
    ),
  );
  return splice(text, replacements);
}

interface Node {
  path: number[];
  node: object;
  threadId: string | null;
  /** No object is around it. */
  isInLists: boolean;
}

/** Finds every list or object that contains a message id and a label of sending, in any layout. */
function* sendsIn(node: unknown, path: number[], threadId: string | null, isInLists = true): Generator<Node> {
  if (typeof node !== "object" || node === null || path.length > MAX_DEPTH) return;
  const values: unknown[] = Object.values(node);
  if (values.some((value) => startsWith(value, "msg-")) && values.some(isSendLabels)) {
    // The texts of the mail itself may look like an id.
    yield { path, node, threadId, isInLists };
    return;
  }
  const thread = values.map((value) => (typeof value === "string" ? conversationIn(value) : null)).find((id) => id !== null);
  for (const [index, value] of values.entries())
    yield* sendsIn(value, [...path, index], thread ?? threadId, isInLists && Array.isArray(node));
}

function startsWith(value: unknown, start: string): boolean {
  return typeof value === "string" && value.startsWith(start);
}

function isSendLabels(value: unknown): boolean {
  return Array.isArray(value) && SEND_LABELS.some((label) => value.includes(label));
}

function readMail(message: unknown[], threadId: string | null): OutgoingMail | null {
  const [draftId, from, to, cc, bcc, , time, subject] = message;
  const body = message[BODY];
  const parts = Array.isArray(body) ? readParts(body[PARTS]) : hasHtml(JSON.stringify(message)) ? null : [];
  const labels = message[10];
  const recipients = readRecipients({ to, cc, bcc });
  if (!recipients || typeof draftId !== "string" || !isDraftId(draftId) || !isSendLabels(labels) || !parts) return null;
  return {
    draftId,
    threadId,
    from: readAddress(from),
    recipients,
    subject: typeof subject === "string" ? subject : "",
    parts,
    isHtml: readHtmlFlag(Array.isArray(body) ? body[HTML_FLAG] : null, parts),
    confidential: (labels as unknown[]).includes(CONFIDENTIAL_LABEL),
    scheduled: (labels as unknown[]).includes("^scheduled"),
    time: Math.max(readNumber(time), readNumber(message[17])),
  };
}

function readParts(value: unknown): Part[] | null {
  // A mail without text: it is encrypted in the browser.
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) return null;
  const parts = value.map((part: unknown) =>
    Array.isArray(part) && typeof part[0] === "number" && typeof part[1] === "string"
      ? { type: part[0], html: part[1] }
      : null,
  );
  return parts.every((part) => part !== null) ? parts : null;
}

/** The flag is 1 in every recorded request with HTML. Without the flag, a body without tags is plain text. */
function readHtmlFlag(flag: unknown, parts: readonly Part[]): boolean {
  if (flag === null || flag === undefined) return parts.some(({ html }) => /<[a-z]/i.test(html));
  return flag === 1 || flag === true;
}

/** Null unless all can be read: one who is not seen may be on the do-not-track list. */
function readRecipients(fields: Record<RecipientKind, unknown>): Recipient[] | null {
  const all = (Object.entries(fields) as [RecipientKind, unknown][]).flatMap(([kind, value]): (Recipient | null)[] => {
    if (value === null || value === undefined) return [];
    return Array.isArray(value) ? value.map((entry: unknown) => readRecipient(kind, entry)) : [null];
  });
  return all.length > 0 && all.every((one) => one !== null) ? all : null;
}

function readRecipient(kind: RecipientKind, entry: unknown): Recipient | null {
  const address = readAddress(entry);
  const name: unknown = Array.isArray(entry) ? entry[2] : null;
  return address ? { kind, address, name: typeof name === "string" && name ? name : null } : null;
}

function readAddress(value: unknown): string | null {
  return Array.isArray(value) && typeof value[1] === "string" && value[1] ? value[1] : null;
}

function readNumber(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
