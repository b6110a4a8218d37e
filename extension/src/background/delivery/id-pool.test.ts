import { expect, test } from "vitest";
import { NO_OVERRIDES } from "../../shared/tracking-options";
import { choicesOf, withOverrides, overridesOf, readIds, reserve, type DraftRecords } from "./id-pool";

const entry = (n: number) => ({ id: `a${n}`, key: `k${n}` });
const idPool = { pool: [entry(1), entry(2)], drafts: {} };

test("two drafts never share an ID", () => {
  const first = reserve(idPool, "msg-a:r1", "owner", 1);
  const second = reserve(first, "msg-a:r2", "owner", 2);
  expect([first.draft.seal?.id, second.draft.seal?.id, second.pool.length]).toEqual(["a1", "a2", 0]);
});

test("the same draft keeps its ID", () => {
  const first = reserve(idPool, "msg-a:r1", "owner", 1);
  const again = reserve(first, "msg-a:r1", "owner", 2);
  expect([again.draft.seal?.id, again.pool.length]).toEqual(["a1", 1]);
});

test("a draft of another account gets a new ID", () => {
  const first = reserve(idPool, "msg-a:r1", "owner", 1);
  expect(reserve(first, "msg-a:r1", "other", 2).draft.seal?.id).toBe("a2");
});

test("an empty pool gives no ID, and a later ID goes to the waiting draft", () => {
  const none = reserve({ pool: [], drafts: {} }, "msg-a:r1", "owner", 1);
  expect(none.draft.seal).toBeNull();
  expect(reserve({ ...none, pool: [entry(3)] }, "msg-a:r1", "owner", 2).draft.seal?.id).toBe("a3");
});

test("the overrides of a draft survive a new ID", () => {
  const drafts = withOverrides({}, "msg-a:r1", { ...NO_OVERRIDES, on: false }, 1);
  expect(reserve({ ...idPool, drafts }, "msg-a:r1", "owner", 2).draft.on).toBe(false);
});

test("the oldest drafts are dropped first", () => {
  let drafts = {};
  for (let n = 0; n < 501; n += 1) drafts = withOverrides(drafts, `msg-a:r${n}`, NO_OVERRIDES, n);
  expect(Object.keys(drafts)).toHaveLength(500);
  expect(drafts).not.toHaveProperty(["msg-a:r0"]);
});

test("the current draft is kept after the clock was set back", () => {
  let drafts = {};
  for (let n = 0; n < 500; n += 1) drafts = withOverrides(drafts, `msg-a:r${n}`, NO_OVERRIDES, 1000 + n);
  const taken = reserve({ ...idPool, drafts }, "msg-a:new", "owner", 1);
  expect(taken.drafts).toHaveProperty(["msg-a:new"]);
});

test("only valid IDs are kept", () => {
  const good = { id: "a".repeat(16), key: "k".repeat(43) };
  expect(readIds([good, { id: "A", key: "k" }, null, "x"])).toEqual([good]);
});

test("the switch of a draft stored by an earlier version still counts", () => {
  const draft = { seal: null, owner: "", on: false, touched: 1 };
  expect(overridesOf(draft)).toEqual({ ...NO_OVERRIDES, on: false });
});

test("the choice for a draft outlives 500 later drafts", () => {
  let drafts: DraftRecords = withOverrides({}, "msg-a:off", { ...NO_OVERRIDES, on: false }, 1);
  for (let n = 0; n < 600; n += 1) ({ drafts } = reserve({ pool: [], drafts }, `msg-a:r${n}`, "owner", 2 + n));
  expect(overridesOf(drafts["msg-a:off"]).on).toBe(false);
  expect(Object.keys(drafts).length).toBeLessThanOrEqual(501);
});

test("choices outlive a change of the account, IDs do not", () => {
  const { drafts } = reserve({ ...idPool, drafts: withOverrides({}, "msg-a:off", { ...NO_OVERRIDES, on: false }, 1) }, "msg-a:off", "owner", 2);
  const after = choicesOf(reserve({ pool: [entry(9)], drafts }, "msg-a:r1", "owner", 3).drafts);
  expect(Object.keys(after)).toEqual(["msg-a:off"]);
  expect(after["msg-a:off"]).toMatchObject({ seal: null, owner: "", on: false });
});
