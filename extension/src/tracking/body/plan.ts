/** Plans the changes of a mail's parts, before any token exists. Pure. */
import type { Part } from "../../shared/outgoing-mail";
import type { Span } from "../../shared/text-edit";
import { readHtml, type FoundUrl, type HtmlReading, type Mention } from "../html/html";
import { classifyLink, readTarget, type LinkRules } from "./links";
import { isOwnPage, ownLinkTarget, ownPixelToken, textWithoutOwn, withoutOwn } from "../addresses/own-addresses";
import { isReaderPage, type Identity } from "../addresses/urls";

export interface PlanOptions {
  own: readonly Identity[];
  /** Null leaves every link alone, except that our own older ones are unwrapped. */
  links: LinkRules | null;
}

export type Change =
  | { kind: "remove"; span: Span }
  /** A link leads to another address. */
  | { kind: "unwrap"; span: Span; url: string }
  | { kind: "wrap"; span: Span; n: number }
  /** `text` is HTML. */
  | { kind: "text"; span: Span; text: string }
  | { kind: "attribute"; span: Span; name: string; value: string };

export interface Link {
  n: number;
  url: string;
  /** Readers cannot see it: whoever follows it is a machine. */
  hidden?: boolean;
}

export interface Plan {
  /** The changes of each part, in the order of the parts. */
  changes: Change[][];
  links: Link[];
  /** The part that gets pixel and line at its end: the last one with the sender's own text. Null when there is no place. */
  pixelPart: number | null;
}

const OWN_PART = 0;
/** The server's maximum for one message. */
export const MAX_LINKS = 500;

/** Works in steps, since a mail may have megabytes. */
export function* planMail(parts: readonly Part[], options: PlanOptions): Generator<void, Plan> {
  const links: Link[] = [];
  const changes: Change[][] = [];
  const last = parts.findLastIndex(({ type }) => type === OWN_PART);
  let endsOpen = false;
  for (const [index, part] of parts.entries()) {
    const reading = yield* readPart(part, options);
    changes.push(reading ? planPart(part, reading, options, links) : []);
    if (index === last) endsOpen = reading?.endsOpen ?? true;
  }
  return { changes, links, pixelPart: endsOpen ? last : null };
}

/** Null when there is nothing to find. */
function* readPart(part: Part, { own, links }: PlanOptions): Generator<void, HtmlReading | null> {
  const owners = own.map(({ owner }) => owner);
  const hasOwn = owners.some((owner) => part.html.includes(owner));
  const hasLinks = part.type === OWN_PART && links !== null && /href/i.test(part.html);
  if (!hasOwn && !hasLinks && !mayEndClosed(part)) return null;
  return yield* readHtml(part.html, links?.markup ?? null, hasOwn ? owners : []);
}

/** Only an open comment, tag or special element can swallow what is appended, and most mails contain none of them. */
function mayEndClosed({ type, html }: Part): boolean {
  const special = /<(?:[!?]|textarea|style|script|title|select|xmp|iframe|noembed|noframes|plaintext|svg|math|template)/i;
  return type === OWN_PART && (special.test(html) || html.lastIndexOf("<") > html.lastIndexOf(">"));
}

/** Adds to `links`; the numbers run through all parts. */
function planPart(part: Part, reading: HtmlReading, options: PlanOptions, links: Link[]): Change[] {
  const { own } = options;
  const removed: Span[] = [];
  const changes = reading.urls.flatMap((found): Change[] => {
    const isOwn = found.kind === "image" ? ownPixelToken(found.url, own) !== null : isOwnLine(found, own);
    if (isOwn) removed.push(found.span);
    if (isOwn) return [{ kind: "remove", span: found.span }];
    return found.kind === "image" ? cleaned(found, own) : planLink(found, part, options, links);
  });
  const mentions = reading.mentions.filter(({ span }) => !removed.some(({ start, end }) => start <= span.start && span.end <= end));
  return [...changes, ...mentions.flatMap((mention) => cleanMention(mention, own))];
}

/** The line for readers, or the hidden link, of an earlier mail. */
function isOwnLine({ url, text }: FoundUrl, own: readonly Identity[]): boolean {
  if (isOwnPage(url, own)) return true;
  const target = text === "" ? ownLinkTarget(url, own) : null;
  return target !== null && isReaderPage(target, own);
}

function planLink(found: FoundUrl, part: Part, options: PlanOptions, links: Link[]): Change[] {
  const inner = ownLinkTarget(found.url, options.own);
  const link = inner === null ? found : { ...found, url: inner };
  const url = part.type === OWN_PART && links.length < MAX_LINKS ? targetOf(link, options) : null;
  if (url !== null) {
    const n = links.length + 1;
    links.push({ n, url });
    return [{ kind: "wrap", span: found.attribute, n }];
  }
  return inner === null ? cleaned(found, options.own) : [{ kind: "unwrap", span: found.attribute, url: inner }];
}

function targetOf(link: FoundUrl, { links }: PlanOptions): string | null {
  return links !== null && classifyLink(link, links) === "wrap" ? readTarget(link.url).target : null;
}

/** Another address that contains one of ours, such as the link of an unknown scanner. */
function cleaned({ kind, url, attribute }: FoundUrl, own: readonly Identity[]): Change[] {
  const value = withoutOwn(url, own);
  return value === url ? [] : [{ kind: "attribute", span: attribute, name: kind === "image" ? "src" : "href", value }];
}

/** Mail programs keep a copy of an address in other attributes and in the text. */
function cleanMention({ kind, name, value, span }: Mention, own: readonly Identity[]): Change[] {
  if (kind === "text") {
    const text = textWithoutOwn(value, own, "html");
    return text === value ? [] : [{ kind: "text", span, text }];
  }
  const clean = ownLinkTarget(value, own) ?? withoutOwn(value, own);
  return clean === value ? [] : [{ kind: "attribute", span, name, value: clean }];
}
