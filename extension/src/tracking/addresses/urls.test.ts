import { expect, test } from "vitest";
import { readBase } from "./urls";

test.each([
  ["https://track.example.com/", "https://track.example.com"],
  ["https://Track.Example.com/mail//", "https://track.example.com/mail"],
  ["https://bücher.example:8443", "https://xn--bcher-kva.example:8443"],
  ["https://例え.テスト", "https://xn--r8jz45g.xn--zckzah"],
  ["http://[::1]:8787", "http://[::1]:8787"],
  ["https://ann:secret@example.com", null],
  ["https://example.com?a=1", null],
  ["ftp://example.com", null],
  ["https://exa mple.com", null],
])("the public address %s is read as %j", (text, base) => {
  expect(readBase(text)).toBe(base);
});
