/** The addresses of our pixels and links: how they are made, and how they are recognised in old mails. */

/** One account on one server, with the server's public address. */
export interface Identity {
  base: string;
  owner: string;
}

const TOKEN = "[a-z2-7]{32}";
const SIGNATURE = "[\\w-]{22}";
/** Form 1 has its signature in the query, form 2 in the path. */
const ANY_LINK = new RegExp(`/l/[a-z2-7]{8}/${TOKEN}/\\d+(?:/${SIGNATURE})?\\?(?:.*&)?to=`);
/** `/l/`, owner, token, a number of three digits and the signature, with their slashes and `?to=`. */
const LINK_PATH_LENGTH = 3 + 8 + 1 + 32 + 1 + 3 + 1 + 22 + 4;

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
  return `${base}/l/${owner}/${link.token}/${link.n}/${link.signature}?to=${encodeTarget(link.url)}`;
}

/** The length of a wrapped link, which must be known before it is signed. */
export function wrappedLength(base: string, url: string): number {
  return base.length + LINK_PATH_LENGTH + encodeTarget(url).length;
}

/** Letters, digits and `-_.~` only. Programs that find addresses in text leave out a final dot, so it is encoded. */
function encodeTarget(url: string): string {
  return encodeURIComponent(url)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/\.$/, "%2E");
}

/** True for the links of every Sealbreak server, since a link is wrapped only once. */
export function isWrapped(href: string): boolean {
  return decodings(href).some((text) => ANY_LINK.test(text));
}

const MAX_DECODINGS = 3;

/** The text, and what it becomes when it is percent-decoded again and again: wrappers contain addresses encoded. */
function decodings(text: string): string[] {
  const found = [text];
  for (let last = text; found.length <= MAX_DECODINGS && /%[\da-f]{2}/i.test(last); ) {
    last = decodePercent(last);
    found.push(last);
  }
  return found;
}

/** Leaves what is not encoded correctly. */
function decodePercent(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
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
