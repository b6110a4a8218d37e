/** Parses a mail's HTML as a browser does, with the position of each element in the text. */
import { parseFragment, type DefaultTreeAdapterTypes, type Token } from "parse5";
import type { Span } from "../shared/text-edit";

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
  exempt: boolean;
}

interface Context {
  quoted: boolean;
  /** In the quote of a reply, outside of the quoted text. */
  inReply: boolean;
  exempt: boolean;
}

/** The line that names the writer of a quote. */
export const ATTRIBUTION_CLASS = "gmail_attr";

const URL_ATTRIBUTE: Partial<Record<string, "src" | "href">> = { img: "src", a: "href", area: "href" };

/** In the order of the text. Mail programs run no scripts, so <noscript> is parsed as HTML. */
export function findUrls(html: string, quoteClass: string | null): FoundUrl[] {
  const root = parseFragment(html, { sourceCodeLocationInfo: true, scriptingEnabled: false });
  const found = new Map<number, FoundUrl>();
  visit(root.childNodes, quoteClass, { quoted: false, inReply: false, exempt: false }, (element, context) => {
    const one = readElement(html, element, context);
    // The parser repairs wrongly nested tags with copies of an element, which all have the same position.
    if (one && !found.has(one.attribute.start)) found.set(one.attribute.start, one);
  });
  return [...found.values()].sort((a, b) => a.attribute.start - b.attribute.start);
}

function visit(
  nodes: readonly ChildNode[],
  quoteClass: string | null,
  context: Context,
  found: (element: Element, context: Context) => void,
): void {
  for (const node of nodes) {
    if (!("tagName" in node)) continue;
    const inside = {
      ...quoteContext(node, quoteClass, context),
      exempt: context.exempt || isExempt(node),
    };
    found(node, inside);
    visit("content" in node ? node.content.childNodes : node.childNodes, quoteClass, inside, found);
  }
}

/**
 * In an expanded quote of a reply, the quoted text is in a blockquote below the line that names its writer. What is
 * beside them was typed by the sender. A forwarded mail has no blockquote of its own: all of it is quoted.
 */
function quoteContext(node: Element, quoteClass: string | null, { quoted, inReply }: Context): Pick<Context, "quoted" | "inReply"> {
  if (quoteClass === null || quoted) return { quoted, inReply };
  const isQuote = hasClass(node, quoteClass);
  if (node.tagName === "blockquote") return { quoted: isQuote || inReply, inReply };
  if (inReply) return { quoted: hasClass(node, ATTRIBUTION_CLASS), inReply };
  const isReply = isQuote && node.childNodes.some((child) => "tagName" in child && child.tagName === "blockquote");
  return { quoted: isQuote && !isReply, inReply: isReply };
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
    quoted: context.quoted,
    exempt: context.exempt,
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

function isExempt(element: Element): boolean {
  return attribute(element, "data-sealbreak") === "off" || hasClass(element, "sealbreak-off");
}

function textOf(node: Element): string {
  return node.childNodes
    .map((child) => ("value" in child ? child.value : "tagName" in child ? textOf(child) : ""))
    .join("");
}
