/** Tokens and signatures. `tests/contract/tokens.json` is the contract with the server. */

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const CHECK_BYTES = 8;
const SIGNATURE_LENGTH = 22;
const encoder = new TextEncoder();

export type Bytes = Uint8Array<ArrayBuffer>;

export function base32(bytes: Uint8Array): string {
  let bits = 0;
  let count = 0;
  let out = "";
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xffff;
    for (count += 8; count >= 5; count -= 5) out += ALPHABET.charAt((bits >> (count - 5)) & 31);
  }
  return count > 0 ? out + ALPHABET.charAt((bits << (5 - count)) & 31) : out;
}

export function unbase32(text: string): Bytes {
  const out: number[] = [];
  let bits = 0;
  let count = 0;
  for (const char of text) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) throw new RangeError("not base32");
    bits = ((bits << 5) | value) & 0xfff;
    count += 5;
    if (count >= 8) out.push((bits >> (count -= 8)) & 0xff);
  }
  return Uint8Array.from(out);
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function unbase64url(text: string): Bytes {
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (char) => char.charCodeAt(0));
}

/** Signs for one message, with the key that the server issued with its ID. */
export type Signer = (message: Bytes) => Promise<Bytes>;

export async function signer(key: string): Promise<Signer> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", unbase64url(key), algorithm, false, ["sign"]);
  // Copied: in Firefox's content scripts the result belongs to the page, and most of its methods throw.
  return async (message) => Uint8Array.from(new Uint8Array(await crypto.subtle.sign("HMAC", imported, message)));
}

function concat(...parts: Uint8Array[]): Bytes {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export async function makeToken(sign: Signer, id: string, copy: number): Promise<string> {
  const number = Uint8Array.of(copy >> 8, copy & 0xff);
  const check = await sign(concat(encoder.encode("copy"), number));
  return base32(concat(unbase32(id), number, check.subarray(0, CHECK_BYTES)));
}

/** The signature of a link of form 2. It does not cover the fragment, which some programs cut off. */
export async function signLink(sign: Signer, n: number, url: string): Promise<string> {
  const [signed = ""] = url.split("#", 1);
  return base64url(await sign(encoder.encode(`${n}${signed}`))).slice(0, SIGNATURE_LENGTH);
}
