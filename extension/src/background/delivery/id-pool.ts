/** The IDs that wait for mails, and the drafts that have theirs: pure. */
import { NO_CHOICE, type Choice } from "../../shared/tracking-options";

export interface PoolEntry {
  id: string;
  key: string;
}

export interface Draft extends Partial<Choice> {
  seal: PoolEntry | null;
  owner: string;
  /** The larger, the later. */
  touched: number;
}

export type DraftBook = Record<string, Draft>;

/** Enough for an outage of a week. */
export const POOL_SIZE = 400;
export const POOL_LOW = 350;
/** As many as the server gives at once. */
export const LOT = 200;
const MOST_DRAFTS = 500;

export interface Shelf {
  pool: PoolEntry[];
  drafts: DraftBook;
}

/** The same draft gets the same ID: sent, undone and sent again it is one mail. */
export function takeFor(shelf: Shelf, draftId: string, owner: string, now: number): Shelf & { draft: Draft } {
  const known = shelf.drafts[draftId];
  const mine = known?.owner === owner ? known.seal : null;
  const [first, ...rest] = shelf.pool;
  const seal = mine ?? first ?? null;
  const draft = { ...known, seal, owner, touched: turn(shelf.drafts, now) };
  return {
    pool: mine || !first ? shelf.pool : rest,
    drafts: bounded({ ...shelf.drafts, [draftId]: draft }),
    draft,
  };
}

export function choiceOf(draft: Draft | undefined): Choice {
  const { on, opens, links, skip } = { ...NO_CHOICE, ...draft };
  return { on, opens, links, skip };
}

export function chooseFor(drafts: DraftBook, draftId: string, choice: Choice, now: number): DraftBook {
  const known = drafts[draftId] ?? { seal: null, owner: "" };
  return bounded({ ...drafts, [draftId]: { ...known, ...choice, touched: turn(drafts, now) } });
}

/** Later than all others, though the clock was set back: else the draft at hand were the first to be forgotten. */
function turn(drafts: DraftBook, now: number): number {
  return Math.max(now, ...Object.values(drafts).map(({ touched }) => touched + 1));
}

function bounded(drafts: DraftBook): DraftBook {
  const entries = Object.entries(drafts);
  if (entries.length <= MOST_DRAFTS) return drafts;
  return Object.fromEntries(
    entries.sort(([, a], [, b]) => b.touched - a.touched).slice(0, MOST_DRAFTS),
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
