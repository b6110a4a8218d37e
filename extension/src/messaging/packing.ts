/**
 * A value as one string: JSON without its long texts, a line break, and the long texts as they are. The body of a mail
 * may have megabytes, and JSON would write and read each of its characters.
 */

/** In characters. Shorter texts are part of the JSON. */
const LONG = 10_000;
/** Stands for a long text, with its length. No value that is packed has a field with this name. */
const MARK = "long-text";

/** Saved before the page can replace them. */
const { parse, stringify } = JSON;

export function pack(value: unknown): string {
  const texts: string[] = [];
  const head = stringify(value, (_, one: unknown) => {
    if (typeof one !== "string" || one.length < LONG) return one;
    texts.push(one);
    return { [MARK]: one.length };
  });
  return `${head}\n${texts.join("")}`;
}

/** Throws SyntaxError when the text was not packed. */
export function unpack(text: string): unknown {
  let at = text.indexOf("\n") + 1;
  // Read in the order in which it was written.
  return parse(text.slice(0, at), (_, one: unknown) => {
    const length = typeof one === "object" && one !== null ? (one as Record<string, unknown>)[MARK] : undefined;
    if (typeof length !== "number") return one;
    const long = text.slice(at, at + length);
    at += length;
    return long;
  });
}
