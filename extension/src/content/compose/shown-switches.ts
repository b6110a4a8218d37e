/**
 * What the switch of each compose window showed last. The host closes the window before it sends the mail, and a
 * window may get its draft id only with that request.
 */
import type { Decision } from "../../tracking/decision";
import { mostPrivate, type TrackingOverrides } from "../../shared/tracking-options";

export interface Shown {
  decision: Decision;
  confidential: boolean;
  overrides: TrackingOverrides;
}

interface Unsaved extends Shown {
  /** From a monotonic clock; null while the window is open, infinite while the host keeps its mail until it is online. */
  closedAt: number | null;
}

const MAX_DRAFTS = 200;
/** The request follows at once; a slow machine takes longer. */
const CLOSED_LATELY_MS = 10_000;

export class ShownSwitches {
  private readonly drafts = new Map<string, Shown>();
  /** Windows without a draft id. */
  private readonly unsaved = new Map<object, Unsaved>();

  record(window: object, draftId: string | null, shown: Shown): void {
    if (draftId === null) {
      this.unsaved.set(window, { ...shown, closedAt: null });
      return;
    }
    this.unsaved.delete(window);
    this.remember(draftId, shown);
  }

  private remember(draftId: string, shown: Shown): void {
    this.drafts.delete(draftId);
    this.drafts.set(draftId, shown);
    const [oldest] = this.drafts.keys();
    if (this.drafts.size > MAX_DRAFTS && oldest !== undefined) this.drafts.delete(oldest);
  }

  close(window: object, now: number, isOnline: boolean): void {
    const shown = this.unsaved.get(window);
    if (shown) this.unsaved.set(window, { ...shown, closedAt: isOnline ? now : Infinity });
  }

  /** The host sends now what it kept. */
  online(now: number): void {
    for (const [window, shown] of this.unsaved)
      if (shown.closedAt === Infinity) this.unsaved.set(window, { ...shown, closedAt: now });
  }

  /** Null when no switch was shown. A draft id that no window had belongs to one of the windows without an id. */
  take(draftId: string, isOpen: (window: object) => boolean, now: number): Shown | null {
    const known = this.drafts.get(draftId);
    if (known) return known;
    for (const [window, { closedAt }] of this.unsaved)
      if (closedAt !== null && now - closedAt > CLOSED_LATELY_MS) this.unsaved.delete(window);
    const all = [...this.unsaved.keys()];
    const closed = all.filter((window) => !isOpen(window));
    const candidates = closed.length > 0 ? closed : all;
    const shown = candidates.flatMap((window) => this.unsaved.get(window) ?? []);
    const [only] = candidates;
    if (candidates.length === 1 && closed.length === 1 && only) this.unsaved.delete(only);
    const found = combined(shown);
    // A request that fails is made again, and what its window showed is still what the user chose.
    if (found && closed.length > 0) this.remember(draftId, found);
    return found;
  }
}

/** Which of several windows was sent is not known, so the most private choice applies. */
function combined(shown: readonly Shown[]): Shown | null {
  const [first] = shown;
  if (!first || shown.length === 1) return first ?? null;
  return {
    decision: shown.find(({ decision }) => decision.tracked || decision.reason === "waiting")?.decision ?? first.decision,
    confidential: shown.some(({ confidential }) => confidential),
    overrides: mostPrivate(shown.map(({ overrides }) => overrides)),
  };
}
