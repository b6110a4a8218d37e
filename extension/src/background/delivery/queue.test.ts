import { expect, test } from "vitest";
import type { Registration } from "../../tracking/registration";
import { MAX_BYTES, MAX_ENTRIES, afterDelivery, enqueue, isPaused, afterRefusal, movedToEnd, splitByOwner, afterFailure, type Entry, type Queue } from "./queue";

const EMPTY: Queue = { entries: [], failures: 0, retryAt: 0, dropped: 0, refused: 0 };
const entry = (id: string, subject = "") => ({ id, owner: "o", body: { subject } as Registration });
function first(queue: Queue): Entry {
  const [entry] = queue.entries;
  if (!entry) throw new Error("the queue is empty");
  return entry;
}

test("a later registration of a message replaces the waiting one", () => {
  const queue = enqueue(enqueue(EMPTY, entry("a", "old")), entry("a", "new"));
  expect(queue.entries.map(({ body }) => body.subject)).toEqual(["new"]);
});

test("the same registration again changes nothing", () => {
  const queue = enqueue(EMPTY, entry("a", "same"));
  expect(enqueue(queue, entry("a", "same"))).toBe(queue);
});

test("a registration that changed during delivery is delivered again", () => {
  const before = enqueue(EMPTY, entry("a", "old"));
  const after = afterDelivery(enqueue(before, entry("a", "new")), first(before));
  expect(after.entries).toHaveLength(1);
});

test("a delivery resets the pause", () => {
  const queue = afterFailure(enqueue(EMPTY, entry("a")), 0, null);
  expect(afterDelivery(queue, first(queue))).toEqual(EMPTY);
});

test("a full queue drops its oldest entry and counts it", () => {
  let queue = EMPTY;
  for (let n = 0; n <= MAX_ENTRIES; n += 1) queue = enqueue(queue, entry(`m${n}`));
  expect([queue.entries.length, first(queue).id, queue.dropped]).toEqual([MAX_ENTRIES, "m1", 1]);
});

test("pauses grow to ten minutes, and the server can request longer ones", () => {
  let queue = EMPTY;
  const pauses = Array.from({ length: 10 }, () => {
    const now = queue.retryAt;
    queue = afterFailure(queue, now, null);
    return (queue.retryAt - now) / 1000;
  });
  expect(pauses).toEqual([2, 5, 15, 30, 60, 120, 300, 600, 600, 600]);
  expect(afterFailure(EMPTY, 0, 90).retryAt).toBe(90_000);
});

test("a pause with more than an hour left is over, since the clock was set back", () => {
  const queue = afterFailure(EMPTY, 1_000_000_000, 86_400);
  expect(isPaused(queue, 1_000_000_001)).toBe(true);
  expect(isPaused(queue, 1_000_000_000 + 3_600_000)).toBe(false);
  expect(isPaused(queue, 1000)).toBe(false);
  expect(afterFailure(queue, 1000, null).retryAt).toBeLessThan(1_000_000);
});

test("entries of another account are separated", () => {
  const queue = enqueue(enqueue(EMPTY, entry("a")), { ...entry("b"), owner: "other" });
  const ids = (owner?: string) => splitByOwner(queue, owner).own.map(({ id }) => id);
  expect([ids("o"), ids("other"), ids(undefined)]).toEqual([["a"], ["b"], []]);
});

test("an attempt before the pause is over does not lengthen it", () => {
  const queue = afterFailure(EMPTY, 0, null);
  expect(afterFailure(queue, 1000, null)).toBe(queue);
});

test("a message that the server rejects is dropped and counted", () => {
  const queue = enqueue(EMPTY, entry("a"));
  expect(afterRefusal(queue, first(queue), 400)).toEqual({ ...EMPTY, refused: 1 });
});

test("a message that fails moves to the end", () => {
  const queue = enqueue(enqueue(EMPTY, entry("a")), entry("b"));
  expect(movedToEnd(queue, first(queue)).entries.map(({ id }) => id)).toEqual(["b", "a"]);
});

test("a queue of long mails drops its oldest before the browser's storage is full", () => {
  let queue = EMPTY;
  for (const id of "abcdef") queue = enqueue(queue, entry(id, "\u5c01".repeat(300_000)));
  expect(queue.entries.map(({ id }) => id)).toEqual(["c", "d", "e", "f"]);
  expect(new TextEncoder().encode(JSON.stringify(queue)).length).toBeLessThan(MAX_BYTES);
  expect(queue.dropped).toBe(2);
});

test("a mail that was erased on the server leaves the queue and is no loss", () => {
  const queue = enqueue({ ...EMPTY, failures: 2 }, entry("a"));
  expect(afterRefusal(queue, first(queue), 410)).toEqual(EMPTY);
});
