import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readReply } from "./sync-reply";

const captures = new URL("../../../../../../shared/gmail-captures/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, captures), "utf8");

test.skipIf(!existsSync(captures))("a recorded reply contains the ids that lists show", () => {
  const sent = readReply(read("2022-09-09-cvOnSend_response.json"), ["msg-a:r8190137112111191537"]);
  expect(sent).toEqual([
    { draftId: "msg-a:r8190137112111191537", messageId: "183234eaadcf41e5", threadId: "183234ce86ffa010" },
  ]);
});

test.skipIf(!existsSync(captures))("a recorded reply in a conversation names the mail that was sent last, and earlier ones", () => {
  const sent = readReply(read("2022-09-09-cvOnReplySend_2_response.json"), ["msg-a:r2026878197680476540", "msg-a:r726552832812233575"]);
  expect(sent.map(({ messageId }) => messageId)).toEqual(["18333b1721425d97", "18333b1f5712f659"]);
});

test.skipIf(!existsSync(captures))("a recorded reply to a saved draft names no sent mail", () => {
  expect(readReply(read("2022-09-09-cvOnDraftSave_response.json"), ["msg-a:r8190137112111191537"])).toEqual([]);
});

function mail(labels: unknown, legacy: unknown = "18a0000000000001"): unknown[] {
  const found: unknown[] = Array<unknown>(56).fill(null);
  return Object.assign(found, { 0: "msg-a:r1", 10: labels, 55: legacy });
}

test.each([
  ["another layout", [[["x", [mail(["^f"])]]]], [{ draftId: "msg-a:r1", messageId: "18a0000000000001", threadId: null }]],
  ["no labels", [mail(null)], [{ draftId: "msg-a:r1", messageId: "18a0000000000001", threadId: null }]],
  ["a draft", [mail(["^all", "^r", "^r_bt"])], []],
  ["an id that is none", [mail(["^f"], "undefined")], []],
])("%s", (_, root, expected) => {
  expect(readReply(JSON.stringify(root), ["msg-a:r1"])).toEqual(expected);
});

test.each(["", "no JSON msg-a:r1", "[]", '{"1":["msg-a:r1"]}', '["msg-a:r1",[0,0,0,0,0,[[null,[]]]]]'])("%j contains no ids", (text) => {
  expect(readReply(text, ["msg-a:r1"])).toEqual([]);
});
