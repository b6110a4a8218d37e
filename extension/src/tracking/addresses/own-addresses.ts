/**
 * Finds the addresses of our own pixels and links in old text. They are changed on their way: encoded inside another
 * address, wrapped by a scanner, with an upper-case host, or with a query behind the pixel.
 */
import { unwrapRedirect } from "./redirects";
import type { Identity } from "./urls";

export interface OwnAddress {
  kind: "pixel" | "link" | "page";
  token: string;
  /** The target of a link; null when it cannot be read. */
  target: string | null;
}

/** How often an address inside other addresses is percent-encoded at most. */
const MAX_LEVEL = 3;

interface Pattern {
  level: number;
  regExp: RegExp;
}

const patterns = new WeakMap<readonly Identity[], Pattern[]>();

function patternsOf(own: readonly Identity[]): Pattern[] {
  const known = patterns.get(own);
  if (known) return known;
  const made = own.length === 0 ? [] : Array.from({ length: MAX_LEVEL + 1 }, (_, level) => ({ level, regExp: regExpFor(own, level) }));
  patterns.set(own, made);
  return made;
}

/** The pattern of addresses that are percent-encoded `level` times. */
function regExpFor(own: readonly Identity[], level: number): RegExp {
  const char = (text: string) => text.replace(/./gs, (one) => encoded(one, level));
  const bases = new Set(own.map(({ base }) => char(base.replace(/^https?:\/\//i, "").toLowerCase())));
  const owners = new Set(own.map(({ owner }) => owner));
  const slash = char("/");
  const start = `https?${char("://")}(?:${[...bases].join("|")})${slash}`;
  const owner = `${slash}(?:${[...owners].join("|")})${slash}`;
  const token = "(?<TOKEN>[a-z2-7]{32})";
  // The target is encoded once more than the rest.
  const target = `(?:[\\w.~!'()*-]|%(?:25){${level}}[\\da-f]{2})+`;
  const plain = level === 0 ? `https?://[^\\s"'<>]*|` : "";
  const and = level === 0 ? "&(?:amp;)?" : char("&");
  const link = `l${owner}${token.replace("TOKEN", "link")}${slash}\\d+(?:${slash}[\\w-]+)?(?:${char("?")}(?:${char("to=")}(?<target>${plain}${target})(?:${and}${char("sig=")}[\\w-]*)?)?)?`;
  const query = level === 0 ? `(?:\\?[^\\s"'<>]*)?` : "";
  const pixel = `o${owner}${token.replace("TOKEN", "pixel")}\\.gif${query}`;
  const page = `r${owner}${token.replace("TOKEN", "page")}${query}`;
  return new RegExp(`${start}(?:${link}|${pixel}|${page})`, "gi");
}

function encoded(char: string, level: number): string {
  if (/[\w-]/.test(char)) return char;
  if (char === "." || level === 0) return `\\${char}`;
  return `%${"25".repeat(level - 1)}${char.charCodeAt(0).toString(16)}`;
}

function decode(text: string, times: number): string | null {
  try {
    return times === 0 ? text : decode(decodeURIComponent(text), times - 1);
  } catch {
    return null;
  }
}

function read({ groups = {} }: RegExpMatchArray, level: number): OwnAddress {
  const { link, page, pixel = "", target } = groups;
  if (page !== undefined) return { kind: "page", token: page.toLowerCase(), target: null };
  if (link === undefined) return { kind: "pixel", token: pixel.toLowerCase(), target: null };
  return { kind: "link", token: link.toLowerCase(), target: readTarget(target ?? "", level) };
}

/** A program on the way may have decoded the target once already. */
function readTarget(text: string, level: number): string | null {
  const plain = /^https?:\/\//i.test(text) ? text.replace(/&(?:amp;)?sig=[\w-]{22}$/, "") : decode(text, level + 1);
  return plain !== null && /^https?:\/\//i.test(plain) ? plain : null;
}

/** The first of our own addresses in a text; null when there is none. */
export function findOwn(text: string, own: readonly Identity[]): OwnAddress | null {
  for (const { level, regExp } of patternsOf(own)) {
    regExp.lastIndex = 0;
    const match = regExp.exec(text);
    if (match) return read(match, level);
  }
  return null;
}

/** The token of one of our own pixels: direct, behind the "#" of an image proxy, or inside another address. */
export function ownPixelToken(src: string, own: readonly Identity[]): string | null {
  const found = findOwn(src, own);
  return found?.kind === "pixel" ? found.token : null;
}

/** True for the address of a recipient's page, also inside the link of a scanner. */
export function isOwnPage(href: string, own: readonly Identity[]): boolean {
  return findOwn(href, own)?.kind === "page";
}

/** The target of one of our own links, also inside the link of a scanner; null when the link is not ours. */
export function ownLinkTarget(href: string, own: readonly Identity[]): string | null {
  let url = href.trim();
  for (let inner: string | null = url; inner !== null; inner = unwrapRedirect(url)) url = inner;
  for (const { level, regExp } of patternsOf(own).slice(0, 1)) {
    regExp.lastIndex = 0;
    const match = regExp.exec(url);
    if (match?.index === 0) return read(match, level).target;
  }
  return null;
}

/**
 * Replaces our own links inside an address or an attribute by their targets, and removes our own pixels. Returns the
 * same text when it contains none.
 */
export function withoutOwn(text: string, own: readonly Identity[]): string {
  return patternsOf(own).reduce(
    (out, { level, regExp }) =>
      out.replace(regExp, (...args) => {
        const groups = args.at(-1) as Record<string, string>;
        const { target } = read({ groups } as RegExpMatchArray, level);
        return target === null ? "" : encodeTimes(target, level);
      }),
    text,
  );
}

function encodeTimes(text: string, times: number): string {
  return times === 0 ? text : encodeTimes(encodeURIComponent(text), times - 1);
}

/** With the bracket on each side, which HTML writes as an entity. */
const WEB_ADDRESS = /(?:&lt;|[<[(])?https?:\/\/(?:(?!&[lg]t;)[^\s<>"'\]])+(?:&gt;|[>\])])?/gi;
const WITH_BRACKETS = /^(&lt;|[<[(])?(.*?)([.,;:!?)]*)(&gt;|[>\])])?$/is;

/**
 * The visible text without our own addresses: a link becomes its target, also where a scanner wrapped it, and a pixel
 * disappears with the brackets that mail programs put around it.
 */
export function textWithoutOwn(text: string, own: readonly Identity[], type: "html" | "plain"): string {
  const hasOwn = (found: string) => own.some(({ owner }) => found.includes(owner));
  if (!hasOwn(text)) return text;
  return text.replace(WEB_ADDRESS, (found) => {
    const [, open = "", written = "", after = "", close = ""] = WITH_BRACKETS.exec(found) ?? [];
    const url = type === "html" ? written.replaceAll("&amp;", "&") : written;
    if (!hasOwn(url)) return found;
    if (ownPixelToken(url, own) !== null || isOwnPage(url, own)) return after;
    const clean = ownLinkTarget(url, own) ?? withoutOwn(url, own);
    if (clean === url) return found;
    const shown = type === "html" ? clean.replaceAll("&", "&amp;").replaceAll("<", "&lt;") : clean;
    return `${open}${shown}${after}${close}`;
  });
}
