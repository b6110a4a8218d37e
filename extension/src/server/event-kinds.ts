/** The kinds of events that the server announces. `tests/contract/kinds.json` is the contract for all programs. */

export interface EventKind {
  /** Names the kind in the list of the popup. */
  title: string;
}

export const EVENT_KINDS: Readonly<Record<string, EventKind>> = {
  opened: { title: "Opened" },
  clicked: { title: "Link followed" },
  corrected: { title: "Corrected" },
  hot: { title: "Opened again and again" },
  revived: { title: "Opened again after a long time" },
  reminder: { title: "Not opened" },
  digest: { title: "Daily summary" },
};

/** Null for a kind of a later server. */
export function eventTitle(kind: string): string | null {
  return Object.hasOwn(EVENT_KINDS, kind) ? (EVENT_KINDS[kind]?.title ?? null) : null;
}
