/**
 * Splits HTML into tags and text with their positions, by the rules of the HTML standard's tokenizer. It builds no
 * tree: a mail of several megabytes is read in a tenth of a second, and a reader can stop between two tokens.
 */
import { decodeHTMLAttribute } from "entities/decode";
import type { Span } from "../../shared/text-edit";

export interface Attribute {
  name: string;
  value: string;
  /** Name, value and quotes. */
  span: Span;
}

export type HtmlToken =
  | { kind: "start"; name: string; attributes: Attribute[]; span: Span; isSelfClosing: boolean }
  | { kind: "end"; name: string; span: Span }
  /** Text, or a comment or another part that is no tag. */
  | { kind: "text" | "other"; span: Span };

/** Elements whose content is text, even if it looks like tags. */
const TEXT_ONLY = new Set(["style", "script", "xmp", "iframe", "noembed", "noframes", "textarea", "title", "plaintext"]);
const TAG_NAME = /[a-z][^\t\n\f\r />]*/iy;
const SPACE = /[\t\n\f\r /]*/y;
const ATTRIBUTE =
  /([^\t\n\f\r />][^\t\n\f\r />=]*)(?:[\t\n\f\r ]*(=)[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|(["'])|([^\t\n\f\r >]*)))?/y;
const COMMENT_END = /--!?>/g;

export class HtmlScanner {
  private at = 0;
  private textOnly: string | null = null;
  /** Foreign content has no elements whose content is text only. */
  private foreign = 0;

  constructor(private readonly html: string) {}

  /** True when the text ended inside a tag, a comment or an element whose content is text. */
  isCut = false;

  get position(): number {
    return this.at;
  }

  /** The next token, or null at the end. */
  next(): HtmlToken | null {
    if (this.at >= this.html.length) {
      this.isCut ||= this.textOnly !== null;
      return null;
    }
    if (this.textOnly !== null) return this.readTextOnly(this.textOnly);
    return this.html.charAt(this.at) === "<" ? this.readMarkup() : this.readText(this.at + 1);
  }

  private readText(from: number): HtmlToken {
    const next = this.html.indexOf("<", from);
    return this.token("text", next === -1 ? this.html.length : next);
  }

  private token(kind: "text" | "other", end: number): HtmlToken {
    const span = { start: this.at, end };
    this.at = end;
    return { kind, span };
  }

  private readMarkup(): HtmlToken {
    const next = this.html.charAt(this.at + 1);
    if (/[a-z]/i.test(next)) return this.readTag(this.at + 1, "start");
    if (next === "/") {
      const after = this.html.charAt(this.at + 2);
      if (/[a-z]/i.test(after)) return this.readTag(this.at + 2, "end");
      if (after === "") return this.readText(this.at + 2);
      return this.token("other", this.endOf(">", this.at + 2));
    }
    if (this.html.startsWith("<!--", this.at)) return this.token("other", this.endOfComment());
    if (this.foreign > 0 && this.html.startsWith("<![CDATA[", this.at)) return this.token("other", this.endOf("]]>", this.at));
    if (next === "!" || next === "?") return this.token("other", this.endOf(">", this.at + 2));
    return this.readText(this.at + 1);
  }

  private endOf(mark: string, from: number): number {
    const found = this.html.indexOf(mark, from);
    if (found === -1) this.isCut = true;
    return found === -1 ? this.html.length : found + mark.length;
  }

  private endOfComment(): number {
    const start = this.at + 4;
    if (this.html.startsWith(">", start)) return start + 1;
    if (this.html.startsWith("->", start)) return start + 2;
    COMMENT_END.lastIndex = start;
    const found = COMMENT_END.exec(this.html);
    if (!found) this.isCut = true;
    return found ? COMMENT_END.lastIndex : this.html.length;
  }

  private match(pattern: RegExp, at: number): RegExpExecArray | null {
    pattern.lastIndex = at;
    return pattern.exec(this.html);
  }

  private readTag(nameAt: number, kind: "start" | "end"): HtmlToken {
    const name = (this.match(TAG_NAME, nameAt)?.[0] ?? "").toLowerCase();
    const attributes: Attribute[] = [];
    let at = nameAt + name.length;
    for (;;) {
      at += this.match(SPACE, at)?.[0].length ?? 0;
      if (at >= this.html.length) return this.cutTag();
      if (this.html.charAt(at) === ">") break;
      const found = this.match(ATTRIBUTE, at);
      if (!found || found[5] !== undefined) return this.cutTag();
      if (kind === "start") addAttribute(attributes, found, at);
      at += found[0].length;
    }
    const span = { start: this.at, end: at + 1 };
    const isSelfClosing = this.html.charAt(at - 1) === "/";
    this.at = span.end;
    if (kind === "end") {
      if (isForeign(name)) this.foreign = Math.max(0, this.foreign - 1);
      return { kind, name, span };
    }
    if (isForeign(name) && !isSelfClosing) this.foreign += 1;
    if (TEXT_ONLY.has(name) && this.foreign === 0) this.textOnly = name;
    return { kind, name, attributes, span, isSelfClosing };
  }

  /** The standard drops a tag that has no end. */
  private cutTag(): HtmlToken {
    this.isCut = true;
    return this.token("other", this.html.length);
  }

  private readTextOnly(name: string): HtmlToken {
    const end = name === "plaintext" ? null : this.match(new RegExp(`</${name}(?=[\\t\\n\\f\\r />])`, "gi"), this.at);
    if (!end) return this.token(name === "textarea" ? "text" : "other", this.html.length);
    this.textOnly = null;
    if (end.index === this.at) return this.readTag(this.at + 2, "end");
    return this.token(name === "textarea" ? "text" : "other", end.index);
  }
}

function isForeign(name: string): boolean {
  return name === "svg" || name === "math";
}

function addAttribute(attributes: Attribute[], found: RegExpExecArray, at: number): void {
  const name = (found[1] ?? "").toLowerCase();
  // The first of two attributes with the same name counts.
  if (attributes.some((one) => one.name === name)) return;
  const raw = found[3] ?? found[4] ?? found[6] ?? "";
  attributes.push({ name, value: decodeAttribute(raw), span: { start: at, end: at + found[0].length } });
}

export function decodeAttribute(raw: string): string {
  const text = raw.includes("\r") ? raw.replace(/\r\n?/g, "\n") : raw;
  return text.includes("&") ? decodeHTMLAttribute(text) : text;
}
