/** Text for alerts, made safe: strangers choose subjects and names. Lengths are in characters as people count them. */

const ELLIPSIS = "\u2026";
const DIRECTION = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g;
/** The blocks of scripts that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** One line without control and direction characters, of at most `limit` characters. */
export function sanitise(text: string, limit: number): string {
  const line = text
    .toWellFormed()
    .replace(/\s/g, " ")
    .replace(DIRECTION, "")
    .replace(/\p{Cc}/gu, "")
    .replace(/ {2,}/g, " ")
    .trim();
  const characters = charactersOf(line, limit + 1);
  return characters.length <= limit ? line : characters.slice(0, limit - 1).join("").trimEnd() + ELLIPSIS;
}

/** At most `most` of them. */
function charactersOf(text: string, most: number): string[] {
  const found: string[] = [];
  for (const { segment } of segmenter.segment(text)) {
    if (found.length === most) break;
    found.push(segment);
  }
  return found;
}

export function lengthOf(text: string): number {
  return charactersOf(text, Infinity).length;
}

/** Keeps right-to-left text from reordering the words around it. */
export function isolate(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}

export function plural(count: number, [one, many]: readonly [string, string]): string {
  return `${count} ${count === 1 ? one : many}`;
}
