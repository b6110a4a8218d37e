/** Parses a mail's HTML as a browser does, with the position of each element in the text. */
import { parseFragment, type DefaultTreeAdapterTypes, type Token } from "parse5";
import type { Span } from "../shared/text-edit";
import type { MailMarkup } from "./links";

type Element = DefaultTreeAdapterTypes.Element;
type ChildNode = DefaultTreeAdapterTypes.ChildNode;

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

export type Classes = Pick<MailMarkup, "quoteClass" | "cardClass">;

interface Context {
  quoted: boolean;
  exempt: boolean;
  card: boolean;
}

/** Matches an element whose links are exempt, for hosts' pages. */
export const EXEMPT =
  '[data-sealbreak="off"], .sealbreak-off, [clicktracking="off"], [data-pm-no-track], [disable-tracking="true"], [mc\\:disable-tracking]';


const URL_ATTRIBUTE: Partial<Record<string, "src" | "href">> = { img: "src", a: "href", area: "href" };

/** In the order of the text. Mail programs run no scripts, so <noscript> is parsed as HTML. */
export function findUrls(html: string, classes: Classes | null): FoundUrl[] {
  const root = parseFragment(html, { sourceCodeLocationInfo: true, scriptingEnabled: false });
  const found = new Map<number, FoundUrl>();
  visit(root.childNodes, classes, { quoted: false, exempt: false, card: false }, (element, context) => {
    const one = readElement(html, element, context);
    // The parser repairs wrongly nested tags with copies of an element, which all have the same position.
    if (one && !found.has(one.attribute.start)) found.set(one.attribute.start, one);
  });
  return [...found.values()].sort((a, b) => a.attribute.start - b.attribute.start);
}

function visit(
  nodes: readonly ChildNode[],
  classes: Classes | null,
  context: Context,
  found: (element: Element, context: Context) => void,
): void {
  for (const node of nodes) {
    if (!("tagName" in node)) continue;
    const inside = {
      quoted: context.quoted || (classes !== null && hasClass(node, classes.quoteClass)),
      card: context.card || (classes !== null && hasClass(node, classes.cardClass)),
      exempt: context.exempt || isExempt(node),
    };
    found(node, inside);
    visit("content" in node ? node.content.childNodes : node.childNodes, classes, inside, found);
  }
}

function readElement(html: string, element: Element, context: Context): FoundUrl | null {
  const name = URL_ATTRIBUTE[element.tagName];
  const place = element.sourceCodeLocation;
  const at = name ? place?.attrs?.[name] : undefined;
  if (!name || !place || !at) return null;
  if (!html.slice(at.startOffset, at.endOffset).toLowerCase().startsWith(name))
    throw new Error("a place in the HTML is not what the parser said");
  return {
    kind: name === "src" ? "image" : "link",
    url: attribute(element, name) ?? "",
    span: span(place),
    attribute: span(at),
    text: textOf(element).trim(),
    ...context,
  };
}

function span({ startOffset, endOffset }: Token.Location): Span {
  return { start: startOffset, end: endOffset };
}

function attribute(element: Element, name: string): string | null {
  return element.attrs.find((one) => one.name === name)?.value ?? null;
}

function hasClass(element: Element, name: string): boolean {
  return (attribute(element, "class") ?? "").split(/\s+/).includes(name);
}

/** Ours, and those of SendGrid, Postmark, Mailgun and Mandrill. */
const EXEMPT_VALUES: Partial<Record<string, RegExp>> = {
  "data-sealbreak": /^off$/i,
  clicktracking: /^off$/i,
  "data-pm-no-track": /^/,
  "disable-tracking": /^true$/i,
  "mc:disable-tracking": /^/,
};

function isExempt(element: Element): boolean {
  return (
    hasClass(element, "sealbreak-off") ||
    element.attrs.some(({ name, value }) => EXEMPT_VALUES[name]?.test(value) === true)
  );
}

function textOf(node: Element): string {
  return node.childNodes
    .map((child) => ("value" in child ? child.value : "tagName" in child ? textOf(child) : ""))
    .join("");
}
