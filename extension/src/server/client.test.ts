import { expect, test } from "vitest";
import { originPattern, readAddress } from "./client";

test.each([
  ["track.example.com", "https://track.example.com"],
  [" https://Track.example.com:8443/ ", "https://track.example.com:8443"],
  ["https://example.com/sealbreak/", "https://example.com/sealbreak"],
  ["127.0.0.1:8787", "http://127.0.0.1:8787"],
  ["http://localhost:8787", "http://localhost:8787"],
  ["http://track.example.com", null],
  ["ftp://track.example.com", null],
  ["https://ann:secret@track.example.com", null],
  ["", null],
])("%j is read as %j", (text, address) => {
  expect(readAddress(text)).toBe(address);
});

test("permission is requested for a host, regardless of the port", () => {
  expect(originPattern("http://127.0.0.1:8787")).toBe("http://127.0.0.1/*");
});
