import { expect, test } from "vitest";
import { isSelfTest, withTestPicture } from "./self-test";

const NONCE = "AGYx_dk-0123456789abcdefghijklmn";
const SUBJECT = `Sealbreak test ${NONCE}`;
const BASE = "https://track.example.com";
const own = (html: string) => [{ type: 0, html }];

test("only the subject that the server writes makes a test mail", () => {
  expect(isSelfTest(SUBJECT)).toBe(true);
  for (const other of [`Re: ${SUBJECT}`, `Fwd: ${SUBJECT}`, "Sealbreak test", `${SUBJECT}x`, `${SUBJECT}, really`])
    expect(isSelfTest(other)).toBe(false);
});

test("the picture of the test follows the sender's own text", () => {
  const parts = [...own("<p>Hello</p>"), { type: 2, html: "<blockquote>quoted</blockquote>" }];
  const [first, second] = withTestPicture(SUBJECT, parts, BASE) ?? [];
  expect(first).toMatch(/^<p>Hello<\/p><img src="https:\/\/track\.example\.com\/o\/check\/AGYx_dk-0123456789abcdefghijklmn\.gif" /);
  expect(second).toBeNull();
});

test("a mail without text of the sender's own has no place for it", () => {
  expect(withTestPicture(SUBJECT, [{ type: 2, html: "<p>quoted</p>" }], BASE)).toBeNull();
  expect(withTestPicture("Lunch", own("<p>Hello</p>"), BASE)).toBeNull();
});
