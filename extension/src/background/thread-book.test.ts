import { expect, test } from "vitest";
import type { TrackedMail } from "../tracked";
import { FRESH_MS, differs, outdated, staleThreads, withAnswer } from "./thread-book";

const mail = (id: string, threadId: string) => ({ id, threadId }) as TrackedMail;
const NOW = 1_000_000;
const book = withAnswer({}, ["aa", "bb"], [mail("m1", "aa")], NOW);

test("a conversation without a tracked mail is known as such and not asked for again at once", () => {
  expect(book.bb?.mails).toEqual([]);
  expect(staleThreads(book, ["aa", "bb", "cc"], NOW + 1)).toEqual(["cc"]);
});

test("after a while everything is asked for again", () => {
  expect(staleThreads(book, ["aa", "bb"], NOW + FRESH_MS + 1)).toEqual(["aa", "bb"]);
});

test("when something happens to a mail its conversation is asked for again and shown meanwhile", () => {
  const after = outdated(book, new Set(["m1"]));
  expect(staleThreads(after, ["aa", "bb"], NOW + 1)).toEqual(["aa"]);
  expect(after.aa?.mails).toEqual([mail("m1", "aa")]);
});

test("when nobody knows what happened everything is asked for again", () => {
  expect(staleThreads(outdated(book, null), ["aa", "bb"], NOW + 1)).toEqual(["aa", "bb"]);
});

test("those that were asked for longest ago are forgotten first", () => {
  const many = Array.from({ length: 1000 }, (_, at) => at.toString(16).padStart(8, "0"));
  const full = withAnswer(book, many, [], NOW + 5);
  expect(Object.keys(full)).toHaveLength(1000);
  expect(full.aa).toBeUndefined();
});

test("an answer is new when it shows something else than before", () => {
  expect(differs(undefined, book.bb)).toBe(false);
  expect(differs(undefined, book.aa)).toBe(true);
  expect(differs(book.aa, withAnswer({}, ["aa"], [mail("m1", "aa")], NOW + 9).aa)).toBe(false);
});
