/** A censored copy of a request, for a report: types and lengths, no text of the user. */

const MAX_LENGTH = 20_000;
const MAX_DEPTH = 40;
/** Labels of the system are the same for all users. */
const SYSTEM_LABEL = /^\^[a-z_]{1,20}$/;
/** The prefix of an id says what it names. */
const ID_PREFIX = /^(?:msg|thread)-[af]:/;

export function shapeOf(text: string): string {
  try {
    return describe(JSON.parse(text), 0).slice(0, MAX_LENGTH);
  } catch {
    return `text of ${text.length} characters, not JSON`;
  }
}

/** For a body that is no text. */
export function shapeOfBody(body: unknown): string {
  const size = body instanceof Blob ? body.size : body instanceof ArrayBuffer || ArrayBuffer.isView(body) ? body.byteLength : null;
  const name = Object.prototype.toString.call(body).slice(8, -1);
  return size === null ? name : `${name} of ${size} bytes`;
}

function describe(value: unknown, depth: number): string {
  if (value === null) return "null";
  if (typeof value === "string") return describeText(value);
  if (typeof value !== "object") return typeof value;
  if (depth > MAX_DEPTH) return "...";
  if (Array.isArray(value)) return `[${value.map((one) => describe(one, depth + 1)).join(",")}]`;
  // Names of fields are short and technical; anything else may be text of the user.
  const fields = Object.entries(value).map(([name, one]) => `${/^\w{1,12}$/.test(name) ? name : "?"}:${describe(one, depth + 1)}`);
  return `{${fields.join(",")}}`;
}

function describeText(text: string): string {
  if (SYSTEM_LABEL.test(text)) return text;
  const prefix = ID_PREFIX.exec(text)?.[0] ?? "";
  const html = /<[a-z]/i.test(text) ? " html" : "";
  return `${prefix}text(${text.length}${html})`;
}
