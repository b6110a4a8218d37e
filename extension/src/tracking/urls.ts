/** The addresses of our pixels and links: how they are made, and how they are recognised in old mails. */

/** One account on one server, with the server's public address. */
export interface Identity {
  base: string;
  owner: string;
}

const TOKEN = "[a-z2-7]{32}";
const PIXEL_PATH = new RegExp(`^/o/([a-z2-7]{8})/(${TOKEN})\\.gif$`);
const ANY_LINK = new RegExp(`/l/[a-z2-7]{8}/${TOKEN}/\\d+\\?(?:.*&)?to=`);
const LINK_PATH = new RegExp(`^/l/([a-z2-7]{8})/${TOKEN}/\\d+\\?`);

export function pixelUrl({ base, owner }: Identity, token: string): string {
  return `${base}/o/${owner}/${token}.gif`;
}

/** The page where a recipient sees what is tracked and can stop it. */
export function readerPage({ base, owner }: Identity, token: string): string {
  return `${base}/r/${owner}/${token}`;
}

export function isReaderPage(url: string, own: readonly Identity[]): boolean {
  return own.some(({ base, owner }) => url.startsWith(`${base}/r/${owner}/`));
}

export function linkUrl(
  { base, owner }: Identity,
  link: { token: string; n: number; url: string; signature: string },
): string {
  const to = encodeURIComponent(link.url);
  return `${base}/l/${owner}/${link.token}/${link.n}?to=${to}&sig=${link.signature}`;
}

/** The token of one of our own pixels, in its direct form or as an image proxy shows it, after a "#". */
export function ownPixelToken(src: string, own: readonly Identity[]): string | null {
  const direct = src.slice(src.indexOf("#") + 1).trim();
  for (const { base, owner } of own) {
    const match = direct.startsWith(`${base}/`) ? PIXEL_PATH.exec(direct.slice(base.length)) : null;
    if (match?.[1] === owner) return match[2] ?? null;
  }
  return null;
}

/** The target of one of our own links; null when the link is not ours. */
export function ownLinkTarget(href: string, own: readonly Identity[]): string | null {
  const link = href.trim();
  for (const { base, owner } of own) {
    const match = link.startsWith(`${base}/`) ? LINK_PATH.exec(link.slice(base.length)) : null;
    if (match?.[1] !== owner) continue;
    const target = new URLSearchParams(link.slice(link.indexOf("?") + 1)).get("to");
    return target && /^https?:\/\//i.test(target) ? target : null;
  }
  return null;
}

/** True for the links of every Sealbreak server, since a link is wrapped only once. */
export function isWrapped(href: string): boolean {
  return ANY_LINK.test(href);
}

/** The first 80 of the token's 160 bits are the message's ID. */
export function idOfToken(token: string): string {
  return token.slice(0, 16);
}

/** The public address with its host in ASCII, as mails and network rules need it; null when it is invalid. */
export function readBase(text: string): string | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text) || /[?#^*|\s]/.test(text)) return null;
  const { origin, pathname, username, password } = new URL(text);
  return username || password ? null : origin + pathname.replace(/\/+$/, "");
}
