/** Which events of a feed are new to this browser, and which of them happened before. Pure. */
import { isByReader, keyOf } from "../../alerts/folding";
import type { AlertEvent } from "../../alerts/alert-event";

export interface AlertState {
  /** No alert is for events up to this number. Null: the first feed decides, so that a new browser is not flooded. */
  after: number | null;
  /** Events by readers, oldest first: an alert about another one of the same kind says "again". */
  known: { number: number; like: string }[];
}

export const NO_ALERTS: AlertState = { after: null, known: [] };
const MAX_KNOWN = 500;

/** The state after the events of a feed, and the events that may cause alerts. */
export function withNews(
  state: AlertState,
  events: readonly AlertEvent[],
  last: number,
): { state: AlertState; news: AlertEvent[] } {
  if (state.after === null) return { state: withKnown({ ...state, after: last }, events), news: [] };
  const { after } = state;
  const news = events.filter(({ number }) => number > after);
  return { state: withKnown({ ...state, after: Math.max(after, ...news.map(({ number }) => number)) }, news), news };
}

/** Without what is known of events that the server no longer has. */
export function knownAmong(state: AlertState, events: readonly AlertEvent[]): AlertState {
  const numbers = new Set(events.map(({ number }) => number));
  return { ...state, known: state.known.filter(({ number }) => numbers.has(number)) };
}

/** A corrected event did not happen. */
function withKnown(state: AlertState, events: readonly AlertEvent[]): AlertState {
  const corrected = new Set(events.map(({ corrects }) => corrects));
  const added = events.filter(isByReader).map((event) => ({ number: event.number, like: likeOf(event) }));
  const known = [...state.known, ...added].filter(({ number }) => !corrected.has(number));
  return { ...state, known: known.slice(-MAX_KNOWN) };
}

export function isRepeat({ known }: AlertState, event: AlertEvent): boolean {
  return known.some(({ number, like }) => number < event.number && like === likeOf(event));
}

function likeOf(event: AlertEvent): string {
  return `${keyOf(event)} ${event.kind}`;
}
