import { expect, test } from "vitest";
import type { TrackedMail } from "../../server/tracked-mail";
import { MAX_REFRESH_MS, MAX_THREADS, differs, markedStale, staleThreads, withAnswer } from "./thread-cache";

const NOW = Date.parse("2026-11-23T09:00:00Z");
const mail = (id: string, threadId: string, hoursAgo = 24) =>
  ({ id, threadId, subject: "", people: [], sentAt: new Date(NOW - hoursAgo * 3_600_000).toISOString() }) as unknown as TrackedMail;
const book = withAnswer({}, ["aa", "bb"], [mail("m1", "aa"), mail("m2", "bb")], NOW);

test("what was just answered is not asked for again at once", () => {
  expect(staleThreads(book, ["aa", "bb", "cc"], NOW + MAX_REFRESH_MS - 1)).toEqual(["cc"]);
});

test("after a while everything is asked for again", () => {
  expect(staleThreads(book, ["aa", "bb"], NOW + MAX_REFRESH_MS + 1)).toEqual(["aa", "bb"]);
});

test("a mail that just left is asked for again after seconds, for machines come first", () => {
  const fresh = withAnswer({}, ["aa"], [mail("m1", "aa", 0)], NOW);
  expect(staleThreads(fresh, ["aa"], NOW + 3000)).toEqual([]);
  expect(staleThreads(fresh, ["aa"], NOW + 5000)).toEqual(["aa"]);
});

test("a conversation of which all was erased is forgotten", () => {
  expect(withAnswer(book, ["aa"], [], NOW + 1)).toEqual({ bb: book.bb });
});

test("subjects and people are not kept: no list shows them", () => {
  const wordy = { ...mail("m1", "aa"), subject: "Offer", people: ["Ben"] };
  expect(withAnswer({}, ["aa"], [wordy], NOW).aa?.mails).toEqual([mail("m1", "aa")]);
});

test("when something happens to a mail its conversation is asked for again and shown meanwhile", () => {
  const after = markedStale(book, new Set(["m1"]));
  expect(staleThreads(after, ["aa", "bb"], NOW + 1)).toEqual(["aa"]);
  expect(after.aa?.mails).toEqual([mail("m1", "aa")]);
});

test("when nobody knows what happened everything is asked for again", () => {
  expect(staleThreads(markedStale(book, null), ["aa", "bb"], NOW + 1)).toEqual(["aa", "bb"]);
});

test("those that were asked for longest ago are forgotten first", () => {
  const many = Array.from({ length: MAX_THREADS }, (_, at) => at.toString(16).padStart(8, "0"));
  const full = withAnswer(book, many, many.map((id) => mail(`m${id}`, id)), NOW + 5);
  expect(Object.keys(full)).toHaveLength(MAX_THREADS);
  expect(full.aa).toBeUndefined();
});

test("an answer is new when it shows something else than before", () => {
  expect(differs(undefined, undefined)).toBe(false);
  expect(differs(undefined, book.aa)).toBe(true);
  expect(differs(book.aa, withAnswer({}, ["aa"], [mail("m1", "aa")], NOW + 9).aa)).toBe(false);
});
