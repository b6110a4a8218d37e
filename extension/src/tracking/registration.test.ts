import { expect, test } from "vitest";
import type { OutgoingMail } from "../shared/outgoing-mail";
import { registrationFor } from "./registration";

const NOW = Date.parse("2026-11-23T09:30:00.250Z");
const mail: OutgoingMail = {
  draftId: "msg-a:r1",
  threadId: "thread-a:r1",
  from: "ann@example.com",
  recipients: [{ kind: "to", address: "ben@example.com", name: "Ben" }],
  subject: "Offer 12",
  parts: [{ type: 0, html: "<p>secret</p>" }],
  isHtml: true,
  confidential: false,
  scheduled: false,
  time: NOW + 86_400_000,
};

test("a registration contains the agreed fields and nothing else of the mail", () => {
  expect(registrationFor(mail, [{ n: 1, url: "https://example.com" }], { level: "full", pixel: true }, NOW)).toEqual({
    subject: "Offer 12",
    recipients: [{ address: "ben@example.com", name: "Ben", kind: "to", copy: 0 }],
    links: [{ n: 1, url: "https://example.com", hidden: false }],
    sent_at: "2026-11-23T09:30:00.250Z",
    scheduled_for: null,
    level: "full",
    pixel: true,
    draft_id: "msg-a:r1",
    thread_id: "thread-a:r1",
    gmail_message_id: null,
    gmail_thread_id: null,
    gmail_account: "ann@example.com",
  });
});

test("the registration of a scheduled mail says when it will be sent", () => {
  const { scheduled_for } = registrationFor({ ...mail, scheduled: true }, [], { level: "full", pixel: true }, NOW);
  expect(scheduled_for).toBe("2026-11-24T09:30:00.250Z");
});

test("subject and recipients stay within the server's limits", () => {
  const many = { ...mail, subject: "x".repeat(2000), recipients: Array(600).fill(mail.recipients[0]) as never };
  const { subject, recipients } = registrationFor(many, [], { level: "full", pixel: true }, NOW);
  expect([subject.length, recipients.length]).toEqual([998, 500]);
});

test("a name is cut to the server's limit, never in the middle of a character", () => {
  const long = [{ kind: "to", address: "ann@example.com", name: `${"x".repeat(199)}😀` }] as never;
  const { recipients } = registrationFor({ ...mail, recipients: long }, [], { level: "full", pixel: true }, NOW);
  expect(recipients[0]?.name).toBe(`${"x".repeat(199)}\uFFFD`);
});
