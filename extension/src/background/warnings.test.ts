import { expect, test } from "vitest";
import { EMPTY, type Account, type Stored } from "./storage";
import { badgeText, activeWarnings } from "./warnings";

const fine: Stored = { ...EMPTY, account: {} as Account, pool: [{ id: "a", key: "k" }] };

test("there is no warning when the server answers and IDs are in stock", () => {
  expect(activeWarnings(fine, true)).toEqual([]);
});

test("there is no warning before pairing", () => {
  expect(activeWarnings(EMPTY, true)).toEqual([]);
});

test.each<[Partial<Stored>, string]>([
  [{ pool: [] }, "no-ids"],
  [{ health: { ...EMPTY.health, revoked: true } }, "revoked"],
  [{ health: { ...EMPTY.health, unreadableAt: "2026-11-23T09:30:00.250Z" } }, "host-changed"],
  [{ health: { ...EMPTY.health, missed: 1 } }, "host-changed"],
  [{ queue: { ...EMPTY.queue, dropped: 1 } }, "queue-full"],
  [{ queue: { ...EMPTY.queue, refused: 1 } }, "refused"],
  [{ queue: { ...EMPTY.queue, failures: 4 }, health: { ...EMPTY.health, serverReached: false } }, "server-away"],
])("%j causes the warning %s", (change, kind) => {
  expect(activeWarnings({ ...fine, ...change }, true)).toEqual([kind]);
});

test("missing access to the host causes a warning", () => {
  expect(activeWarnings(fine, false)).toEqual(["no-access"]);
});

test.each([
  [0, ""],
  [7, "7"],
  [100, "99+"],
])("%i unread events show the badge %j", (unread, text) => {
  expect(badgeText(0, unread)).toBe(text);
});

test("a warning replaces the number", () => {
  expect(badgeText(1, 3)).toBe("!");
});
