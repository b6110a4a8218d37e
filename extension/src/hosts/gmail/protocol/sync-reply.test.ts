import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readReply } from "./sync-reply";

const capture = new URL("../../../../../../shared/gmail-captures/2022-09-09-cvOnSend_response.json", import.meta.url);

test.skipIf(!existsSync(capture))("a recorded reply contains the ids that lists show", () => {
  const sent = readReply(readFileSync(capture, "utf8"), ["msg-a:r8190137112111191537"]);
  expect(sent).toEqual([
    { draftId: "msg-a:r8190137112111191537", messageId: "183234eaadcf41e5", threadId: "183234ce86ffa010" },
  ]);
});

test.each(["", "no JSON", "[]", '{"1":[]}', "[[],[0,0,0,0,0,[[null,[]]]]]"])("%j contains no ids", (text) => {
  expect(readReply(text, ["msg-a:r1"])).toEqual([]);
});
