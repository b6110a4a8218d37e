import { expect, test } from "vitest";
import { conversationIn, draftIdIn, isLegacyId, ownDraftIdIn } from "./ids";

test.each([
  ["#msg-a:r123", "msg-a:r123", null],
  ["msg-f:17437", "msg-f:17437", null],
  ["#thread-a:r-1|msg-a:r-2", "msg-a:r-2", "thread-a:r-1"],
  ["thread-f:17", null, "thread-f:17"],
  ["", null, null],
  ["#", null, null],
  ["msg- a", null, null],
  ["thread-and more | msg-a:r1 ", null, null],
  [`msg-a:${"r".repeat(300)}`, null, null],
])("%j names the mail %j and the conversation %j", (text, mail, conversation) => {
  expect(draftIdIn(text)).toBe(mail);
  expect(conversationIn(text)).toBe(conversation);
});

test("only a mail that was written in this account has the id of its draft", () => {
  expect(ownDraftIdIn("#msg-a:r1")).toBe("msg-a:r1");
  expect(ownDraftIdIn("#msg-f:1")).toBeNull();
});

test.each([["183234eaadcf41e5", true], ["undefined", false], ["", false], ["183234EAADCF41E5", false], [null, false]])(
  "%j is an id of a list: %s",
  (text, is) => {
    expect(isLegacyId(text)).toBe(is);
  },
);
