/** The elements that are open at a position, as far as they matter for links. An approximation of the tree builder. */
import type { Attribute } from "./html-scanner";

/** The classes of elements that the host writes into a mail. */
export interface MailClasses {
  /** Around quoted text. */
  quoteClass: string;
  /** Around the line that names the writer of a quote. */
  attributionClass: string;
  /** Around an attached file or another card. */
  cardClass: string;
}

/**
 * In an expanded quote of a reply, the quoted text is in a blockquote below the line that names its writer. What is
 * beside them was typed by the sender. A forwarded mail has no blockquote of its own: all of it is quoted.
 */
export interface Quote {
  isReply: boolean;
}

export interface ElementContext {
  /** Certainly quoted; in a quote, other text is quoted unless the quote turns out to be a reply's. */
  quoted: boolean;
  /** The outermost quote around the text. */
  quote: Quote | null;
  exempt: boolean;
  card: boolean;
}

interface OpenElement extends ElementContext {
  name: string;
}

const VOID = new Set(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]);
/** An end tag inside of these closes nothing outside. */
const SCOPES = new Set(["table", "td", "th", "caption", "template", "object", "marquee", "applet", "button"]);
const TABLE_PARTS = new Set(["table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption"]);
/** Their end tags leave the elements inside open. */
const FORMATTING = new Set(["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]);
/** A start tag closes these elements in its scope. */
const CLOSES: Partial<Record<string, readonly string[]>> = {
  td: ["td", "th"], th: ["td", "th"], tr: ["tr"], li: ["li", "p"], dt: ["dt", "dd", "p"], dd: ["dt", "dd", "p"], option: ["option"], a: ["a"],
  ...Object.fromEntries(
    ["p", "div", "table", "ul", "ol", "dl", "pre", "blockquote", "center", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "form"].map((name) => [name, ["p"]]),
  ),
};
/** A start tag of an item closes no item outside of these. */
const ITEM_BARRIERS = new Set(["blockquote", "center", "pre", "form", "section", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "ul", "ol"]);
const ITEMS = new Set(["li", "dt", "dd"]);
/** The lists that keep an item from closing an outer one. */
const LISTS: Partial<Record<string, ReadonlySet<string>>> = { li: new Set(["ul", "ol"]), dt: new Set(["dl"]), dd: new Set(["dl"]) };
/** What stands in these is not shown, or not as HTML. */
const INERT = new Set(["select", "svg", "math", "template", "noframes"]);

export function isInert({ name }: { name: string }): boolean {
  return INERT.has(name);
}

export class OpenElements {
  private readonly stack: OpenElement[] = [];
  /** Elements that change the context, of those in the stack. */
  private current: ElementContext = { quoted: false, quote: null, exempt: false, card: false };

  constructor(private readonly classes: MailClasses | null) {}

  some(test: (element: OpenElement) => boolean): boolean {
    return this.stack.some(test);
  }

  /** Returns the context inside the element. */
  enter(name: string, attributes: readonly Attribute[], isSelfClosing: boolean): ElementContext {
    for (const other of CLOSES[name] ?? []) this.leave(other, ITEMS.has(other) ? ITEM_BARRIERS : undefined);
    const own = this.contextOf(name, attributes);
    const { quoted, quote, exempt, card } = this.current;
    const inside = { quoted: quoted || own.quoted, quote: quote ?? own.quote, exempt: exempt || own.exempt, card: card || own.card };
    if (name !== "table" && TABLE_PARTS.has(name) && !this.stack.some((open) => open.name === "table")) return inside;
    if (VOID.has(name) || (isSelfClosing && this.stack.some(isInert))) return inside;
    this.stack.push({ name, ...own });
    this.current = inside;
    return inside;
  }

  leave(name: string, barriers?: ReadonlySet<string>): void {
    const at = this.find(name, barriers);
    if (at === -1) return;
    const removed = FORMATTING.has(name) ? this.stack.splice(at, 1) : this.stack.splice(at);
    if (removed.some(({ quoted, quote, exempt, card }) => quoted || quote !== null || exempt || card)) this.recompute();
  }

  private find(name: string, barriers?: ReadonlySet<string>): number {
    const crosses = (open: string) =>
      TABLE_PARTS.has(name) ? open === "table" || open === "template" : SCOPES.has(open) || LISTS[name]?.has(open) === true;
    for (let at = this.stack.length - 1; at >= 0; at -= 1) {
      const open = this.stack[at]?.name ?? "";
      if (open === name) return at;
      if (crosses(open) || barriers?.has(open)) return -1;
    }
    return -1;
  }

  private recompute(): void {
    this.current = {
      quoted: this.stack.some(({ quoted }) => quoted),
      quote: this.stack.find(({ quote }) => quote)?.quote ?? null,
      exempt: this.stack.some(({ exempt }) => exempt),
      card: this.stack.some(({ card }) => card),
    };
  }

  private contextOf(name: string, attributes: readonly Attribute[]): ElementContext {
    const own: ElementContext = { ...this.quoteContext(name, attributes), exempt: false, card: false };
    for (const { name, value } of attributes)
      if (name === "class") {
        const names = value.split(/\s+/);
        own.exempt ||= names.includes("sealbreak-off");
        own.card = this.classes !== null && names.includes(this.classes.cardClass);
      } else if (EXEMPT_VALUES[name]?.test(value) === true) own.exempt = true;
    return own;
  }

  private quoteContext(name: string, attributes: readonly Attribute[]): Pick<ElementContext, "quoted" | "quote"> {
    const { quoted, quote } = this.current;
    if (this.classes === null || quoted) return { quoted: false, quote: null };
    const names = attributes.find((one) => one.name === "class")?.value.split(/\s+/) ?? [];
    const isQuote = names.includes(this.classes.quoteClass);
    if (name === "blockquote") {
      const parent = this.stack.at(-1)?.quote;
      if (parent && parent === quote) parent.isReply = true;
      return { quoted: isQuote || quote !== null, quote: null };
    }
    if (quote) return { quoted: names.includes(this.classes.attributionClass), quote: null };
    return { quoted: false, quote: isQuote ? { isReply: false } : null };
  }
}

/** Ours, and those of SendGrid, Postmark, Mailgun and Mandrill. */
const EXEMPT_VALUES: Partial<Record<string, RegExp>> = {
  "data-sealbreak": /^off$/i,
  clicktracking: /^off$/i,
  "data-pm-no-track": /^/,
  "disable-tracking": /^true$/i,
  "mc:disable-tracking": /^/,
};

/** The same as a selector, for elements on a page. */
export const EXEMPT =
  '.sealbreak-off, [data-sealbreak="off" i], [clicktracking="off" i], [data-pm-no-track], [disable-tracking="true" i], [mc\\:disable-tracking]';
