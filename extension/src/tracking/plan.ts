/** Plans the changes of a mail's parts, before any token exists. Pure. */
import type { Part } from "../shared/outgoing-mail";
import type { Span } from "../shared/text-edit";
import { isReaderPage, ownLinkTarget, ownPixelToken, type Identity } from "./urls";
import { findUrls, type FoundUrl } from "./html";
import { classifyLink, readTarget, type LinkRules } from "./links";

export interface PlanOptions {
  own: readonly Identity[];
  /** Null leaves every link alone, except that our own older ones are unwrapped. */
  links: LinkRules | null;
}

export type Change =
  | { kind: "remove"; span: Span }
  | { kind: "unwrap"; span: Span; url: string }
  | { kind: "wrap"; span: Span; n: number };

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
}

const OWN_PART = 0;
/** The server's maximum for one message. */
export const MAX_LINKS = 500;
const PROBE = '<img src="sealbreak:end">';

/** The part that gets the pixel at its end: the last one with the sender's own text. Null when there is none. */
export function pixelPart(parts: readonly Part[]): number | null {
  const index = parts.findLastIndex(({ type }) => type === OWN_PART);
  const html = parts[index]?.html;
  return html !== undefined && endsOpen(html) ? index : null;
}

export function planMail(parts: readonly Part[], options: PlanOptions): Plan {
  const links: Link[] = [];
  const changes = parts.map((part) => planPart(part, options, links));
  return { changes, links };
}

/** False when an open comment, tag or text-only element would swallow what is appended. */
function endsOpen(html: string): boolean {
  // Only these can swallow it, and most mails contain none of them.
  if (!/<(?:!|textarea|style|script|title|select|xmp|iframe|noembed|noframes|plaintext|svg|math)|<[^>]*$/i.test(html))
    return true;
  return findUrls(html + PROBE, null).some(({ span }) => span.start === html.length);
}

/** Adds to `links`; the numbers run through all parts. */
function planPart(part: Part, options: PlanOptions, links: Link[]): Change[] {
  if (!needsParsing(part, options)) return [];
  return findUrls(part.html, options.links?.markup ?? null).flatMap((found): Change[] => {
    if (found.kind === "image")
      return ownPixelToken(found.url, options.own) ? [{ kind: "remove", span: found.span }] : [];
    const inner = ownLinkTarget(found.url, options.own);
    if (inner !== null && found.text === "" && isReaderPage(inner, options.own))
      return [{ kind: "remove", span: found.span }];
    const link = inner === null ? found : { ...found, url: inner };
    const url = part.type === OWN_PART && links.length < MAX_LINKS ? targetOf(link, options) : null;
    if (url !== null) {
      const n = links.length + 1;
      links.push({ n, url });
      return [{ kind: "wrap", span: found.attribute, n }];
    }
    return inner === null ? [] : [{ kind: "unwrap", span: found.attribute, url: inner }];
  });
}

function needsParsing({ type, html }: Part, { own, links }: PlanOptions): boolean {
  if (type === OWN_PART && links !== null && /href/i.test(html)) return true;
  // An attribute may encode "/" as an entity, but editors write it plainly.
  return own.some(({ owner }) => html.includes(`/${owner}/`));
}

function targetOf(link: FoundUrl, { links }: PlanOptions): string | null {
  return links !== null && classifyLink(link, links) === "wrap" ? readTarget(link.url).target : null;
}
