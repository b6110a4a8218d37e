import { expect, test } from "vitest";
import { describe, newestOf, progressOf } from "./mail-summary";
import type { TrackedMail } from "./tracked-mail";

const mail: TrackedMail = {
  id: "mfzwizltor2xs5dp",
  messageId: null,
  threadId: null,
  draftId: null,
  account: null,
  subject: "Offer 12",
  people: ["Ben"],
  sentAt: "2026-11-23T09:00:00.000Z",
  opens: 0,
  clicks: 0,
  machines: 0,
  firstOpenedAt: null,
  muted: false,
  stopped: false,
  hasPixel: true,
};

test.each([
  [{}, "sent"],
  [{ machines: 2 }, "machines"],
  [{ machines: 2, opens: 1 }, "opened"],
  [{ clicks: 1 }, "clicked"],
])("a mail with %j counts as %s", (counts, progress) => {
  expect(progressOf({ ...mail, ...counts })).toBe(progress);
});

test.each([
  [{}, /^Tracked, no open seen yet\.$/],
  [{ stopped: true }, /stopped/],
  [{ hasPixel: false }, /^Links tracked; none followed yet\.$/],
  [{ hasPixel: false, stopped: true }, /stopped before a link/],
  [{ hasPixel: false, machines: 1 }, /^Only automated requests for its links so far, none by a person\.$/],
  [{ machines: 1 }, /^Only automated requests so far, none by a person\.$/],
  [{ opens: 2, firstOpenedAt: "2026-11-23T09:30:00.250Z" }, /^Opened twice, first on .*\.$/],
  [{ clicks: 3 }, /^Link followed 3 times\.$/],
  [{ opens: 1, clicks: 1, firstOpenedAt: "2026-11-23T09:30:00.250Z" }, /^Opened once, .*, link followed once\.$/],
])("a mail with %j is described in one sentence", (counts, sentence) => {
  expect(describe({ ...mail, ...counts })).toMatch(sentence);
});

test("the newest mail represents a conversation", () => {
  const newer = { ...mail, id: "b", sentAt: "2026-11-23T10:00:00.000Z" };
  expect(newestOf([newer, mail])).toBe(newer);
});

test("a mail that was stopped before anything happened represents no conversation", () => {
  expect(newestOf([{ ...mail, stopped: true }])).toBeNull();
  expect(newestOf([{ ...mail, stopped: true, opens: 1 }])).not.toBeNull();
});
