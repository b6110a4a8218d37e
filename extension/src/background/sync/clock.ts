/** Pauses by a clock that may be set back while one lasts. Pure. */

/** What seems to begin in the future has lasted long enough: else a wrong date, once put right, would stop all for long. */
export function isOver(since: number, pause: number, now: number): boolean {
  return since > now || now - since >= pause;
}
