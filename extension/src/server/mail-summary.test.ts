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
  state: "not-opened",
  firstOpenedAt: null,
  muted: false,
  stopped: false,
  hasPixel: true,
};

test.each<[Partial<TrackedMail>, string]>([
  [{}, "sent"],
  [{ state: "automated" }, "machines"],
  [{ state: "opened", opens: 1 }, "opened"],
  [{ state: "opened", opens: 1, clicks: 1 }, "clicked"],
  [{ state: "clicked", clicks: 1 }, "clicked"],
  [{ state: "unknowable", machines: 1 }, "doubtful"],
  [{ state: "unclear" }, "doubtful"],
  [{ state: "not-tracked" }, "sent"],
  [{ state: "not-sent", clicks: 1 }, "sent"],
])("a mail with %j counts as %s", (counts, progress) => {
  expect(progressOf({ ...mail, ...counts })).toBe(progress);
});

test.each<[Partial<TrackedMail>, RegExp]>([
  [{}, /^Tracked, no open seen yet\.$/],
  [{ stopped: true }, /stopped/],
  [{ hasPixel: false }, /^Links tracked; none followed yet\.$/],
  [{ hasPixel: false, stopped: true }, /stopped before a link/],
  [{ hasPixel: false, state: "automated" }, /^Only automated requests for its links so far, none by a person\.$/],
  [{ state: "unknowable", machines: 1 }, /^Loaded by Apple’s proxy: it cannot be known whether it was read\.$/],
  [{ state: "unclear" }, /^Perhaps opened: /],
  [{ state: "not-sent" }, /^Not sent\.$/],
  [{ state: "automated" }, /^Only automated requests so far, none by a person\.$/],
  [{ state: "opened", opens: 2, firstOpenedAt: "2026-11-23T09:30:00.250Z" }, /^Opened twice, first on .*\.$/],
  [{ state: "clicked", clicks: 3 }, /^Link followed 3 times\.$/],
  [{ state: "opened", opens: 1, clicks: 1, firstOpenedAt: "2026-11-23T09:30:00.250Z" }, /^Opened once, .*, link followed once\.$/],
])("a mail with %j is described in one sentence", (counts, sentence) => {
  expect(describe({ ...mail, ...counts })).toMatch(sentence);
});

test("the newest mail represents a conversation", () => {
  const newer = { ...mail, id: "b", sentAt: "2026-11-23T10:00:00.000Z" };
  expect(newestOf([newer, mail])).toBe(newer);
});

test("a mail that did not leave represents no conversation", () => {
  expect(newestOf([{ ...mail, state: "not-sent" }])).toBeNull();
});

test("a mail that was stopped before anything happened represents no conversation", () => {
  expect(newestOf([{ ...mail, stopped: true }])).toBeNull();
  expect(newestOf([{ ...mail, stopped: true, state: "opened", opens: 1 }])).not.toBeNull();
});
