import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { base32, makeToken, signer, signLink, unbase32 } from "./tokens";

interface Vector {
  id: string;
  copy: number;
  key: string;
  token: string;
  n: number;
  url: string;
  sig: string;
}

const golden = new URL("../../../tests/contract/tokens.json", import.meta.url);
const vectors = JSON.parse(readFileSync(golden, "utf8")) as Vector[];

test.each(vectors)("token $token is the server's", async ({ key, id, copy, token }) => {
  expect(await makeToken(await signer(key), id, copy)).toBe(token);
});

test.each(vectors)("the signature of $url is the server's", async ({ key, n, url, sig }) => {
  expect(await signLink(await signer(key), n, url)).toBe(sig);
});

test("base32 decodes to the encoded bytes", () => {
  const bytes = Uint8Array.from({ length: 20 }, (_, i) => (i * 37) % 256);
  expect(unbase32(base32(bytes))).toEqual(bytes);
});

test("letters outside the alphabet are rejected", () => {
  expect(() => unbase32("a1")).toThrow(RangeError);
});
