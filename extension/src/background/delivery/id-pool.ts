/** The IDs that wait for mails, and the drafts that have theirs: pure. */
import { NO_OVERRIDES, type TrackingOverrides } from "../../shared/tracking-options";

export interface PoolEntry {
  id: string;
  key: string;
}

export interface Draft extends Partial<TrackingOverrides> {
  seal: PoolEntry | null;
  owner: string;
  /** The larger, the later. */
  touched: number;
}

export type DraftRecords = Record<string, Draft>;

/** Enough for an outage of a week. */
export const POOL_SIZE = 400;
export const REFILL_BELOW = 350;
/** As many as the server gives at once. */
export const BATCH_SIZE = 200;
const MAX_DRAFTS = 500;

export interface IdPool {
  pool: PoolEntry[];
  drafts: DraftRecords;
}

/** The same draft gets the same ID: sent, undone and sent again it is one mail. */
export function reserve(shelf: IdPool, draftId: string, owner: string, now: number): IdPool & { draft: Draft } {
  const known = shelf.drafts[draftId];
  const assigned = known?.owner === owner ? known.seal : null;
  const [first, ...rest] = shelf.pool;
  const trackingId = assigned ?? first ?? null;
  const draft = { ...known, seal: trackingId, owner, touched: nextTouched(shelf.drafts, now) };
  return {
    pool: assigned || !first ? shelf.pool : rest,
    drafts: bounded({ ...shelf.drafts, [draftId]: draft }),
    draft,
  };
}

export function overridesOf(draft: Draft | undefined): TrackingOverrides {
  const { on, opens, links, skip } = { ...NO_OVERRIDES, ...draft };
  return { on, opens, links, skip };
}

export function withOverrides(drafts: DraftRecords, draftId: string, overrides: TrackingOverrides, now: number): DraftRecords {
  const known = drafts[draftId] ?? { seal: null, owner: "" };
  return bounded({ ...drafts, [draftId]: { ...known, ...overrides, touched: nextTouched(drafts, now) } });
}

/** Later than all others, though the clock was set back: else the draft at hand were the first to be forgotten. */
function nextTouched(drafts: DraftRecords, now: number): number {
  return Math.max(now, ...Object.values(drafts).map(({ touched }) => touched + 1));
}

function bounded(drafts: DraftRecords): DraftRecords {
  const entries = Object.entries(drafts);
  if (entries.length <= MAX_DRAFTS) return drafts;
  return Object.fromEntries(
    entries.sort(([, a], [, b]) => b.touched - a.touched).slice(0, MAX_DRAFTS),
  );
}

const ID = /^[a-z2-7]{16}$/;
const KEY = /^[\w-]{43}$/;

/** What the server's answer holds, as far as it can be used. */
export function readIds(value: unknown): PoolEntry[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    const { id, key } = (entry ?? {}) as Partial<PoolEntry>;
    return typeof id === "string" && ID.test(id) && typeof key === "string" && KEY.test(key)
      ? [{ id, key }]
      : [];
  });
}
