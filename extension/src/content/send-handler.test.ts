import { expect, test } from "vitest";
import { parseSendRequest } from "./send-handler";

const mail = { draftId: "msg-a:r1", parts: [{ type: 0, html: "<p>a</p>" }], recipients: [{ kind: "to", address: "ben@example.com", name: null }] };

test("a batch of any number of mails is handled: a mail that is left out would leave untracked without a word", () => {
  expect(parseSendRequest({ key: "k", mails: Array(51).fill(mail) })?.mails).toHaveLength(51);
  expect(parseSendRequest({ key: "k", mails: [{ ...mail, parts: [{ type: "0" }] }] })).toBeNull();
});
