/** The pool of unused IDs, and the IDs reserved for drafts. Pure. */
import { NO_OVERRIDES, isNoOverride, type TrackingOverrides } from "../../shared/tracking-options";

export interface PoolEntry {
  id: string;
  key: string;
}

export interface Draft extends Partial<TrackingOverrides> {
  /** The reserved ID; the stored name is older than the term. */
  seal: PoolEntry | null;
  owner: string;
  /** The mail was registered as sent. */
  sent?: boolean;
  /** How often it was sent and not taken back: a user may press Send in two tabs. One when it is missing. */
  sends?: number;
  /** The time in its last registration. */
  sentAt?: string;
  /** A larger value is more recent. */
  touched: number;
}

export type DraftRecords = Record<string, Draft>;

/** Enough for a server outage of a week. */
export const POOL_SIZE = 400;
export const REFILL_BELOW = 350;
/** The server's maximum for one request. */
export const BATCH_SIZE = 200;
const MAX_DRAFTS = 500;
/** A choice such as "not tracked" outlives many later drafts. */
const MAX_CHOSEN = 3000;

export interface IdPool {
  pool: PoolEntry[];
  drafts: DraftRecords;
}

/** A draft keeps its ID: a mail that is sent, undone and sent again is one mail. */
export function reserve(idPool: IdPool, draftId: string, owner: string, now: number): IdPool & { draft: Draft } {
  const known = idPool.drafts[draftId];
  const assigned = known?.owner === owner ? known.seal : null;
  const [first, ...rest] = idPool.pool;
  const trackingId = assigned ?? first ?? null;
  const draft = { ...known, seal: trackingId, owner, touched: nextTouched(idPool.drafts, now) };
  return {
    pool: assigned || !first ? idPool.pool : rest,
    drafts: bounded({ ...idPool.drafts, [draftId]: draft }),
    draft,
  };
}

export function overridesOf(draft: Draft | undefined): TrackingOverrides {
  const { on, opens, links, skip, urlText } = { ...NO_OVERRIDES, ...draft };
  return { on, opens, links, skip, urlText };
}

export function withOverrides(drafts: DraftRecords, draftId: string, overrides: TrackingOverrides, now: number): DraftRecords {
  const known = drafts[draftId] ?? { seal: null, owner: "" };
  return bounded({ ...drafts, [draftId]: { ...known, ...overrides, touched: nextTouched(drafts, now) } });
}

/** What stays of the drafts when the account changes: the user's choices, without IDs of the former account. */
export function choicesOf(drafts: DraftRecords): DraftRecords {
  const kept = Object.entries(drafts).filter(([, draft]) => isChosen(draft));
  return Object.fromEntries(kept.map(([id, draft]) => [id, { ...overridesOf(draft), seal: null, owner: "", touched: draft.touched }]));
}

function isChosen(draft: Draft): boolean {
  return !isNoOverride(overridesOf(draft));
}

/** Greater than all others even after the clock was set back; otherwise the current draft would be dropped first. */
function nextTouched(drafts: DraftRecords, now: number): number {
  return Math.max(now, ...Object.values(drafts).map(({ touched }) => touched + 1));
}

function bounded(drafts: DraftRecords): DraftRecords {
  const entries = Object.entries(drafts);
  if (entries.length <= MAX_DRAFTS) return drafts;
  const newest = entries.sort(([, a], [, b]) => b.touched - a.touched);
  const chosen = newest.filter(([, draft]) => isChosen(draft)).slice(0, MAX_CHOSEN);
  const others = newest.filter(([, draft]) => !isChosen(draft)).slice(0, MAX_DRAFTS);
  return Object.fromEntries([...chosen, ...others]);
}

const ID = /^[a-z2-7]{16}$/;
const KEY = /^[\w-]{43}$/;

/** Skips invalid entries of the server's answer. */
export function readIds(value: unknown): PoolEntry[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    const { id, key } = (entry ?? {}) as Partial<PoolEntry>;
    return typeof id === "string" && ID.test(id) && typeof key === "string" && KEY.test(key)
      ? [{ id, key }]
      : [];
  });
}
