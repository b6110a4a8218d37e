import { expect, test } from "vitest";
import type { TrackedMail } from "../../server/tracked-mail";
import { MAX_REFRESH_MS, MAX_THREADS, differs, markedStale, staleThreads, withAnswer } from "./thread-cache";

const NOW = Date.parse("2026-11-23T09:00:00Z");
const mail = (id: string, threadId: string, hoursAgo = 24) =>
  ({ id, threadId, subject: "", people: [], sentAt: new Date(NOW - hoursAgo * 3_600_000).toISOString() }) as unknown as TrackedMail;
const book = withAnswer({}, ["aa", "bb"], [mail("m1", "aa"), mail("m2", "bb")], NOW);

test("a fresh answer is not requested again at once", () => {
  expect(staleThreads(book, ["aa", "bb", "cc"], NOW + MAX_REFRESH_MS - 1)).toEqual(["cc"]);
});

test("everything is requested again after a while", () => {
  expect(staleThreads(book, ["aa", "bb"], NOW + MAX_REFRESH_MS + 1)).toEqual(["aa", "bb"]);
});

test("a mail that was just sent is requested again after seconds, since automated requests come first", () => {
  const fresh = withAnswer({}, ["aa"], [mail("m1", "aa", 0)], NOW);
  expect(staleThreads(fresh, ["aa"], NOW + 3000)).toEqual([]);
  expect(staleThreads(fresh, ["aa"], NOW + 5000)).toEqual(["aa"]);
});

test("a thread without remaining mails is removed", () => {
  expect(withAnswer(book, ["aa"], [], NOW + 1)).toEqual({ bb: book.bb });
});

test("subjects and people are not cached, since lists do not show them", () => {
  const wordy = { ...mail("m1", "aa"), subject: "Offer", people: ["Ben"] };
  expect(withAnswer({}, ["aa"], [wordy], NOW).aa?.mails).toEqual([mail("m1", "aa")]);
});

test("after an event the mail's thread is requested again and stays visible meanwhile", () => {
  const after = markedStale(book, new Set(["m1"]));
  expect(staleThreads(after, ["aa", "bb"], NOW + 1)).toEqual(["aa"]);
  expect(after.aa?.mails).toEqual([mail("m1", "aa")]);
});

test("everything is requested again when events were missed", () => {
  expect(staleThreads(markedStale(book, null), ["aa", "bb"], NOW + 1)).toEqual(["aa", "bb"]);
});

test("the threads requested longest ago are dropped first", () => {
  const many = Array.from({ length: MAX_THREADS }, (_, at) => at.toString(16).padStart(8, "0"));
  const full = withAnswer(book, many, many.map((id) => mail(`m${id}`, id)), NOW + 5);
  expect(Object.keys(full)).toHaveLength(MAX_THREADS);
  expect(full.aa).toBeUndefined();
});

test("an answer is new when it changes what is shown", () => {
  expect(differs(undefined, undefined)).toBe(false);
  expect(differs(undefined, book.aa)).toBe(true);
  expect(differs(book.aa, withAnswer({}, ["aa"], [mail("m1", "aa")], NOW + 9).aa)).toBe(false);
});
