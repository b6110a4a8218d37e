import { beforeEach, expect, test, vi } from "vitest";
import { overridesOf, reserve } from "./delivery/id-pool";
import { EMPTY, change, read } from "./storage";
import { parseThreads } from "./sync/tracked-threads";

/** What an extension of an earlier version has stored. */
const STORED = {
  settings: {
    tracking: false, opens: true, links: false, urlText: false, hiddenLink: true, level: "count",
    domains: { "example.org": { on: true, opens: true, links: false } }, doNotTrack: ["ann@example.com"],
  },
  account: {
    address: "https://track.example.com", token: "token", owner: "abcdefgh", name: "Ann", device: "Firefox on Linux",
    base: "https://track.example.com", senderMark: "m".repeat(22),
  },
  identities: [{ base: "https://track.example.com", owner: "abcdefgh" }],
  pool: [{ id: "b".repeat(16), key: "k".repeat(43) }],
  drafts: {
    "msg-a:r1": {
      seal: { id: "a".repeat(16), key: "k".repeat(43) }, owner: "abcdefgh", touched: 1,
      on: true, opens: false, links: true, skip: ["https://example.com/a"],
    },
  },
  queue: {
    entries: [{ id: "a".repeat(16), owner: "abcdefgh", body: { subject: "Offer 12" }, version: 1 }],
    failures: 1, retryAt: 2, dropped: 3, refused: 4,
  },
  health: { unreadableAt: null, missed: 1, revoked: false, serverReached: true },
  events: [{
    number: 7, kind: "opened", time: "2026-11-23T09:30:00.250Z", messageId: "a".repeat(16), subject: "Offer 12",
    sentence: "Opened, through Gmail", quiet: false,
  }],
  lastEvent: 7,
  readUpTo: 6,
  threads: { "18aa00000001": { askedAt: 5, mails: [{ id: "a".repeat(16), threadId: "18aa00000001" }] } },
  known: "18aa00000001 18aa00000002",
  walk: { cursor: null, until: 1, isDone: true, endedAt: 2, lookedAt: 3, newest: 4 },
};

let stored: Record<string, unknown>;

beforeEach(() => {
  stored = structuredClone(STORED);
  const local = {
    get: (keys: string[]) => Promise.resolve(Object.fromEntries(keys.flatMap((key) => (key in stored ? [[key, stored[key]]] : [])))),
    set: (values: object) => { Object.assign(stored, values); return Promise.resolve(); },
  };
  vi.stubGlobal("chrome", { storage: { local } });
});

/** The keys that came later. An earlier version has stored nothing under them. */
const ADDED = ["choices", "erasures", "outcomes", "sending", "unreadShape"];

test("the keys in the browser's storage are those of earlier versions and later additions", () => {
  const earlier = [
    "account", "drafts", "events", "health", "identities", "known", "lastEvent", "pool", "queue", "readUpTo", "settings",
    "threads", "walk",
  ];
  expect(Object.keys(STORED).sort()).toEqual(earlier);
  expect(Object.keys(EMPTY).sort()).toEqual([...earlier, ...ADDED].sort());
});

const ADDED_IN: Partial<Record<keyof typeof STORED, string[]>> = { settings: ["allowLocal", "neverWrap"] };

test.each(["settings", "queue", "health", "walk"] as const)("the keys of the value %s are those of earlier versions and later additions", (key) => {
  expect(Object.keys(EMPTY[key]).sort()).toEqual([...Object.keys(STORED[key]), ...(ADDED_IN[key] ?? [])].sort());
});

test("the stored data of an earlier version opens unchanged", async () => {
  const added = Object.fromEntries(Object.entries(EMPTY).filter(([key]) => ADDED.includes(key)));
  expect(await read(...(Object.keys(EMPTY) as (keyof typeof EMPTY)[]))).toEqual({ ...STORED, ...added });
});

test("a draft of an earlier version keeps its ID and its overrides", async () => {
  const draft = await change(["pool", "drafts"], (now) => {
    const { draft, ...write } = reserve(now, "msg-a:r1", "abcdefgh", 2);
    return { write, result: draft };
  });
  expect(draft.seal?.id).toBe("a".repeat(16));
  expect(overridesOf(draft)).toEqual({ on: true, opens: false, links: true, skip: ["https://example.com/a"], urlText: null });
  expect(stored.drafts).toEqual({ "msg-a:r1": { ...STORED.drafts["msg-a:r1"], touched: 2 } });
  expect(stored.pool).toEqual(STORED.pool);
});

test("the tracked threads of an earlier version are known", async () => {
  expect([...parseThreads((await read("known")).known)]).toEqual(["18aa00000001", "18aa00000002"]);
});

test("keys that an earlier version did not have get their defaults", async () => {
  delete stored.walk;
  expect((await read("walk")).walk).toEqual(EMPTY.walk);
});
