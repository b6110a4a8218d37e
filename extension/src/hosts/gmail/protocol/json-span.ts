/**
 * Finds a value in a JSON text, so that an edit can replace one string and leave every other byte as Gmail wrote it:
 * numbers beyond 2^53, escapes, white space.
 */

import type { Span } from "../../../shared/text-edit";

const BLANK = /[ \t\n\r]*/y;
const PRIMITIVE = /[^\s,\]}]+/y;

function skipBlank(text: string, at: number): number {
  BLANK.lastIndex = at;
  BLANK.exec(text);
  return BLANK.lastIndex;
}

function endOfString(text: string, at: number): number {
  for (let quote = text.indexOf('"', at + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text.charAt(quote - 1 - slashes) === "\\") slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
  }
  throw new SyntaxError("a string without an end");
}

function endOfNest(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (char === '"') i = endOfString(text, i) - 1;
    else if (char === "[" || char === "{") depth += 1;
    else if (char === "]" || char === "}") depth -= 1;
    if (depth === 0) return i + 1;
  }
  throw new SyntaxError("a list without an end");
}

function endOfValue(text: string, at: number): number {
  const char = text.charAt(at);
  if (char === '"') return endOfString(text, at);
  if (char === "[" || char === "{") return endOfNest(text, at);
  PRIMITIVE.lastIndex = at;
  if (!PRIMITIVE.test(text)) throw new SyntaxError("no value");
  return PRIMITIVE.lastIndex;
}

function startOfElement(text: string, list: number, index: number): number {
  if (text.charAt(list) !== "[") throw new SyntaxError("not a list");
  let at = skipBlank(text, list + 1);
  for (let i = 0; i < index; i += 1) {
    at = skipBlank(text, endOfValue(text, at));
    if (text.charAt(at) !== ",") throw new SyntaxError("a list too short");
    at = skipBlank(text, at + 1);
  }
  return at;
}

/** The span of the value at a path of list indices. Throws SyntaxError when there is none. */
export function spanAt(text: string, path: readonly number[]): Span {
  const start = path.reduce(
    (at, index) => startOfElement(text, at, index),
    skipBlank(text, 0),
  );
  return { start, end: endOfValue(text, start) };
}
