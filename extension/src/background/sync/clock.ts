/** Pauses that also end when the clock is set back. Pure. */

/** A start in the future counts as over; otherwise a corrected clock would block everything for a long time. */
export function isOver(since: number, pause: number, now: number): boolean {
  return since > now || now - since >= pause;
}
