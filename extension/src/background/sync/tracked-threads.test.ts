import { expect, test } from "vitest";
import type { TrackedMail } from "../../server/tracked-mail";
import { MAX_TRACKED_THREADS, NEW_BACKFILL, afterNewestCheck, afterPage, isDue, parseThreads, threadsOf, restarted, withThreads, withoutThreads } from "./tracked-threads";

const DAY = 86_400_000;
const NOW = Date.parse("2026-11-23T09:00:00Z");
const mail = (threadId: string | null, days = 0) =>
  ({ threadId, sentAt: new Date(NOW - days * DAY).toISOString() }) as TrackedMail;
const idOf = (at: number) => at.toString(16).padStart(16, "0");

test("threads are known by valid ids, each once", () => {
  expect(threadsOf([mail("18aa00000001"), mail(null), mail("18aa00000001"), mail("a b")])).toEqual(["18aa00000001"]);
});

test("newer threads are first, older ones last, and known ones change nothing", () => {
  const known = withThreads("bb", ["aa"], "newer");
  expect(withThreads(known, ["cc"], "older")).toBe("aa bb cc");
  expect(withThreads(known, ["bb"], "older")).toBe(known);
});

test("beyond the limit the oldest threads are dropped, and the rest fits into a browser's storage", () => {
  const full = withThreads("", Array.from({ length: MAX_TRACKED_THREADS }, (_, at) => idOf(at)), "older");
  const more = withThreads(full, ["ff"], "newer");
  expect(more.startsWith("ff ")).toBe(true);
  expect(parseThreads(more).has(idOf(MAX_TRACKED_THREADS - 1))).toBe(false);
  expect(full.length).toBeLessThan(1_000_000);
});

test("an erased thread is removed", () => {
  expect(withoutThreads("aa bb cc", ["bb"])).toBe("aa cc");
});

test("the first backfill continues to the last page from where it was stopped", () => {
  const first = afterPage(NEW_BACKFILL, { mails: [mail("aa"), mail("bb", 900)], next: "place" }, NOW);
  expect(first).toMatchObject({ isDone: false, cursor: "place", newest: NOW });
  const last = afterPage(first, { mails: [mail("cc", 901)], next: null }, NOW);
  expect(last).toMatchObject({ isDone: true, endedAt: NOW, newest: NOW });
  expect([isDue(last, NOW + 1), isDue(last, NOW + DAY + 1)]).toEqual([false, true]);
});

const done = { ...NEW_BACKFILL, isDone: true, endedAt: NOW, newest: NOW };

test("a later backfill goes two weeks behind the newest known mail, for mail that was registered late", () => {
  const again = restarted(done);
  const page = { mails: [mail("aa"), mail("bb", 13)], next: "place" };
  expect(afterPage(again, page, NOW).isDone).toBe(false);
  expect(afterPage(again, { ...page, mails: [mail("aa"), mail("bb", 15)] }, NOW).isDone).toBe(true);
});

test("a backfill is due when all of the newest mails are unknown", () => {
  const page = { mails: [mail("aa", -2), mail("bb", -1)], next: "place" };
  expect(isDue(afterNewestCheck(done, page, NOW), NOW)).toBe(true);
  expect(isDue(afterNewestCheck(done, { ...page, next: null }, NOW), NOW)).toBe(false);
  expect(isDue(afterNewestCheck(done, { mails: [mail("aa", -2), mail("bb")], next: "place" }, NOW), NOW)).toBe(false);
});
