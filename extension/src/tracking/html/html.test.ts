import fc from "fast-check";
import { parseFragment, type DefaultTreeAdapterTypes } from "parse5";
import { expect, test } from "vitest";
import { atOnce } from "../../shared/slices";
import { findUrls, readHtml } from "./html";

type ChildNode = DefaultTreeAdapterTypes.ChildNode;

const classes = { quoteClass: "gmail_quote", attributionClass: "gmail_attr", cardClass: "gmail_chip" };

type Place = "own" | "reply" | "quoted";

/** Beside the blockquotes of a reply's quote, only the line that names the writer is quoted. */
function placeOf({ tagName, attrs, childNodes }: DefaultTreeAdapterTypes.Element, around: Place): Place {
  const names = attrs.find((one) => one.name === "class")?.value.split(/\s+/) ?? [];
  const isQuote = names.includes("gmail_quote");
  if (around === "quoted") return "quoted";
  if (tagName === "blockquote") return isQuote || around === "reply" ? "quoted" : "own";
  if (around === "reply") return names.includes("gmail_attr") ? "quoted" : "reply";
  const isReply = childNodes.some((child) => "tagName" in child && child.tagName === "blockquote");
  return !isQuote ? "own" : isReply ? "reply" : "quoted";
}

/** What a browser finds: the address of each link and image, and whether it is in a quote. */
function byTree(html: string): string[] {
  const found = new Map<number, string>();
  const visit = (nodes: readonly ChildNode[], around: Place) => {
    for (const node of nodes) {
      if (!("tagName" in node)) continue;
      const name = { img: "src", a: "href", area: "href" }[node.tagName];
      const attribute = node.attrs.find((one) => one.name === name);
      const at = name ? node.sourceCodeLocation?.attrs?.[name]?.startOffset : undefined;
      const place = placeOf(node, around);
      if (attribute && at !== undefined && !found.has(at)) found.set(at, `${at} ${attribute.value} ${place === "quoted"}`);
      visit("content" in node ? node.content.childNodes : node.childNodes, place);
    }
  };
  visit(parseFragment(html, { sourceCodeLocationInfo: true, scriptingEnabled: false }).childNodes, "own");
  return [...found.entries()].sort(([a], [b]) => a - b).map(([, text]) => text);
}

const byScan = (html: string) => findUrls(html, classes).map(({ attribute, url, quoted }) => `${attribute.start} ${url} ${quoted}`);

const piece = fc.constantFrom(
  "text & more", "<p>", "</p>", "<br/>\r\n", "<b>", "</b>", "<i>", "</i>", "<table><tr><td>", "</td>", "<tr><td>", "</table>", "&amp;&#x1F48C;", "<ul><li>", "<li>", "</ul>",
  '<a href="https://example.com/x?a=1&amp;b=2">', "</a>", "<a href='http://b.example' class=x>", '<img src="cid:1">', "<IMG SRC=x/y>", "<a href=https://c.example/ü?x=1&lt >",
  "<!-- c -->", "<!--> d -->", "<!-- e --!>", "<? f >", "</ g>", "<style>a{} <a href=x></style>", '<textarea><a href="y"></textarea>', "<title><img src=z></title>", "<noscript>", "</noscript>",
  '<div class="a gmail_quote">', "<div>", "</div>", "<blockquote>", "</blockquote>", '<a href="a" href="b" HREF=c>', "<a\nhref\n=\n'd'/>", "<img/src=e/>", '<a title=">" href="f\r\ng">', "<", "< a>", "<a =x href=h>", 'i="j>', "'",
  "<span", ">", "\u0000",
);

test("any HTML gives the links and images that a browser finds", () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const html = pieces.join("");
      expect(byScan(html).map((one) => one.replace(/ \w+$/, ""))).toEqual(byTree(html).map((one) => one.replace(/ \w+$/, "")));
    }),
    { numRuns: 3000 },
  );
});

const proper = fc.constantFrom(
  '<div class="gmail_quote">', "<div>", "</div>", '<blockquote class="gmail_quote">', "</blockquote>", '<a href="x">y</a>', "<p>", "</p>", "<p class=gmail_quote>", "<ul><li class=gmail_quote>", "<li>", "</ul>",
  "<table><tr><td class=gmail_quote>", "<td>", "</table>", "<br>", '<img src="z">', "text", "<blockquote>", '<div class="gmail_attr">',
);

test("a link is in a quote when a browser puts it there", () => {
  fc.assert(
    fc.property(fc.array(proper, { maxLength: 20 }), (pieces) => {
      const html = `<div>${pieces.join("")}`;
      expect(byScan(html)).toEqual(byTree(html));
    }),
    // The open elements are an approximation, so the cases stay the same.
    { numRuns: 3000, seed: 12 },
  );
});

test("a link has its text, also behind nested elements and references", () => {
  const [link] = findUrls('<a href="x"> <b>an</b> <i>off&eacute;r</i>&amp;<img src="y"> </a>', null);
  expect([link?.text, link?.span]).toEqual(["an offér&", { start: 0, end: 65 }]);
});

test("wanted words are found in text, in attributes and in comments, with their positions", () => {
  const html = '<p title="an abcdefgh">see abcdefgh<!-- [if mso] abcdefgh --></p><a href="abcdefgh">x</a>';
  const { mentions } = atOnce(readHtml(html, null, ["abcdefgh"]));
  expect(mentions.map(({ kind, name, span }) => [kind, name, html.slice(span.start, span.end)])).toEqual([
    ["attribute", "title", 'title="an abcdefgh"'],
    ["text", "", "see abcdefgh"],
    ["text", "", "<!-- [if mso] abcdefgh -->"],
  ]);
});

test.each([
  ["<p>a</p>", true],
  ["a < b", true],
  ["<p>a</p><!-- b", false],
  ["<style>b{", false],
  ['<a href="x', false],
  ["<p title=x", false],
  ["<textarea>a", false],
  ["<textarea>a</textarea>", true],
  ["<select><option>a", false],
  ["<svg><path/>", false],
  ["<svg></svg>", true],
  ["<plaintext>a", false],
])("an image that is appended to %s is shown: %j", (html, shown) => {
  expect(atOnce(readHtml(html, null, [])).endsOpen).toBe(shown);
});

test("a mail of three megabytes is read in many short steps", () => {
  const cell = '<td style="border:1px solid rgb(204,204,204);padding:2px 3px">cell &amp; <a href="https://example.com/x">link</a></td>';
  const html = `<table><tbody>${`<tr>${cell.repeat(8)}</tr>`.repeat(3400)}</tbody></table>`;
  expect(html.length).toBeGreaterThan(3_000_000);
  const reading = readHtml(html, classes, ["abcdefgh"]);
  let steps = 0;
  for (;;) {
    const { done, value } = reading.next();
    if (done) {
      expect(value.urls).toHaveLength(27_200);
      break;
    }
    steps += 1;
  }
  expect(steps).toBeGreaterThan(150);
});
