/** Finds the images and links of a mail's HTML, with the position of each in the text. */
import { decodeHTML } from "entities/decode";
import { atOnce } from "../../shared/slices";
import type { Span } from "../../shared/text-edit";
import { OpenElements, isInert, type ElementContext, type MailClasses, type Quote } from "./open-elements";
import { HtmlScanner, type Attribute, type HtmlToken } from "./html-scanner";

/** An image or a link. */
export interface FoundUrl {
  kind: "image" | "link";
  url: string;
  /** From the first character of the start tag to the last character of the end tag. */
  span: Span;
  /** `href="..."` or `src="..."`, with name and quotes. */
  attribute: Span;
  text: string;
  quoted: boolean;
  /** Marked as not to be tracked, by us or by another mail service. */
  exempt: boolean;
  /** In a card of the host, such as an attached file. */
  card: boolean;
}

/** Another place where one of the wanted words stands. */
export interface Mention {
  kind: "text" | "attribute";
  /** Of an attribute, its name; empty for text. */
  name: string;
  /** Of an attribute, its decoded value; of text, the text as written. */
  value: string;
  span: Span;
}

export interface HtmlReading {
  /** In the order of the text. */
  urls: FoundUrl[];
  mentions: Mention[];
  /** False when what is appended to the HTML would not be shown. */
  endsOpen: boolean;
}

const URL_ATTRIBUTE: Partial<Record<string, "src" | "href">> = { img: "src", a: "href", area: "href" };

/** The caller may pause at each step: a step reads a few thousand characters. */
const STEP = 16_384;

/** Reads in steps. `words` are looked for outside of the addresses of links and images. */
export function* readHtml(html: string, classes: MailClasses | null, words: readonly string[]): Generator<void, HtmlReading> {
  const scanner = new HtmlScanner(html);
  const reader = new Reader(html, classes, words);
  let pauseAt = STEP;
  for (let token = scanner.next(); token; token = scanner.next()) {
    reader.take(token);
    if (scanner.position < pauseAt) continue;
    pauseAt = scanner.position + STEP;
    yield;
  }
  return reader.finish(scanner.isCut);
}

/** Reads at once. */
export function findUrls(html: string, classes: MailClasses | null): FoundUrl[] {
  return atOnce(readHtml(html, classes, [])).urls;
}

class Reader {
  private readonly urls: FoundUrl[] = [];
  private readonly mentions: Mention[] = [];
  /** Whether these are quoted depends on what follows in the same quote. */
  private readonly undecided: { found: FoundUrl; quote: Quote }[] = [];
  private readonly open: OpenElements;
  private anchor: { found: FoundUrl | null; text: string } | null = null;

  constructor(
    private readonly html: string,
    classes: MailClasses | null,
    private readonly words: readonly string[],
  ) {
    this.open = new OpenElements(classes);
  }

  take(token: HtmlToken): void {
    if (token.kind === "start") this.takeStart(token);
    else if (token.kind === "end") this.takeEnd(token);
    else {
      const raw = this.html.slice(token.span.start, token.span.end);
      if (this.anchor && token.kind === "text") this.anchor.text += raw;
      if (this.isWanted(raw)) this.mentions.push({ kind: "text", name: "", value: raw, span: token.span });
    }
  }

  finish(isCut: boolean): HtmlReading {
    this.endAnchor();
    for (const { found, quote } of this.undecided) found.quoted = !quote.isReply;
    return { urls: this.urls, mentions: this.mentions, endsOpen: !isCut && !this.open.some(isInert) };
  }

  private isWanted(text: string): boolean {
    return this.words.some((word) => text.includes(word));
  }

  private takeStart({ name, attributes, span, isSelfClosing }: HtmlToken & { kind: "start" }): void {
    if (name === "a") this.endAnchor();
    const context = this.open.enter(name, attributes, isSelfClosing);
    const wanted = URL_ATTRIBUTE[name];
    let found: FoundUrl | null = null;
    for (const attribute of attributes)
      if (attribute.name === wanted) found = this.addUrl(attribute, span, context);
      else if (this.isWanted(attribute.value)) this.mentions.push({ kind: "attribute", ...attribute });
    if (name === "a") this.anchor = { found, text: "" };
  }

  private addUrl(attribute: Attribute, span: Span, context: ElementContext): FoundUrl {
    const kind = attribute.name === "src" ? "image" : "link";
    const { quoted, quote, exempt, card } = context;
    const found: FoundUrl = { kind, url: attribute.value, span: { ...span }, attribute: attribute.span, text: "", quoted, exempt, card };
    this.urls.push(found);
    if (quote && !quoted) this.undecided.push({ found, quote });
    return found;
  }

  private takeEnd({ name, span }: HtmlToken & { kind: "end" }): void {
    if (name === "a" && this.anchor) {
      if (this.anchor.found) this.anchor.found.span.end = span.end;
      this.endAnchor();
    }
    this.open.leave(name);
  }

  private endAnchor(): void {
    if (this.anchor?.found) this.anchor.found.text = decodeHTML(this.anchor.text).trim();
    this.anchor = null;
  }
}
