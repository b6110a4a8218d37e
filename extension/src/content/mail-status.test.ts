import { expect, test } from "vitest";
import type { TrackedMail } from "../server/tracked-mail";
import { isThatMail } from "./mail-status";

const opened = { messageId: null, draftId: "msg-a:r1", sender: "ann@example.com" };
const mail = { draftId: "msg-a:r1", messageId: null, account: "ann@example.com", state: "not-opened" } as TrackedMail;

test("an open mail has no panel that says it was not sent", () => {
  expect(isThatMail(opened, mail)).toBe(true);
  expect(isThatMail(opened, { ...mail, state: "not-sent" })).toBe(false);
});
