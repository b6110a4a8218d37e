/** Edits of a text that leave everything outside the changed places as it was. */

export interface Span {
  start: number;
  end: number;
}

export interface Replacement extends Span {
  text: string;
}

/** Applies the replacements, which must not overlap. */
export function splice(text: string, replacements: readonly Replacement[]): string {
  let done = 0;
  let out = "";
  for (const { start, end, text: fresh } of [...replacements].sort((a, b) => a.start - b.start)) {
    if (start < done) throw new RangeError("two replacements overlap");
    out += text.slice(done, start) + fresh;
    done = end;
  }
  return out + text.slice(done);
}
