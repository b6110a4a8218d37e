/** True when `other` is a later version than `ours`. What is no version of numbers is not. */
export function isNewer(other: string, ours: string): boolean {
  const [theirs, mine] = [numbersOf(other), numbersOf(ours)];
  const length = Math.max(theirs.length, mine.length);
  const at = Array.from({ length }, (_, index) => (theirs[index] ?? 0) - (mine[index] ?? 0)).find((difference) => difference !== 0);
  return (at ?? 0) > 0;
}

function numbersOf(version: string): number[] {
  return /^\d+(?:\.\d+){0,3}$/.test(version) ? version.split(".").map(Number) : [];
}
