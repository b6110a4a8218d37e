import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { base32, makeToken, signer, signLink, unbase32 } from "./tokens";

interface Vector {
  id: string;
  copy: number;
  key: string;
  token: string;
  /** Links of form 2, the only form that the extension makes. */
  links2: { n: number; url: string; s: string }[];
}

const golden = new URL("../../../../tests/contract/tokens.json", import.meta.url);
const vectors = JSON.parse(readFileSync(golden, "utf8")) as Vector[];

test.each(vectors)("token $token is the server's", async ({ key, id, copy, token }) => {
  expect(await makeToken(await signer(key), id, copy)).toBe(token);
});

test.each(vectors.flatMap(({ key, links2 }) => links2.map((link) => ({ key, ...link }))))(
  "the signature of $url is the server's",
  async ({ key, n, url, s }) => {
    expect(await signLink(await signer(key), n, url)).toBe(s);
  },
);

test("base32 decodes to the encoded bytes", () => {
  const bytes = Uint8Array.from({ length: 20 }, (_, i) => (i * 37) % 256);
  expect(unbase32(base32(bytes))).toEqual(bytes);
});

test("letters outside the alphabet are rejected", () => {
  expect(() => unbase32("a1")).toThrow(RangeError);
});
