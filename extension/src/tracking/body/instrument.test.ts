import fc from "fast-check";
import { parseFragment, serialize } from "parse5";
import { describe, expect, test } from "vitest";
import type { Part } from "../../shared/outgoing-mail";
import type { LinkRules } from "./links";
import { instrument, strip, type TrackingId, type InstrumentOptions } from "./instrument";

const trackingId: TrackingId = {
  base: "https://track.example.com",
  owner: "abcdefgh",
  id: "uwuurgx7iezxer6s",
  key: "c5MJ3W-zcuIZTub-C3FkcAebVRPPkmrC8xx_dcETuQk",
};
const OWN = [trackingId, { base: "https://old.example.com:8443", owner: "bbbbbbbb" }];
const TOKEN = "uwuurgx7iezxer6saaagyojqnh5fsofk";
const PIXEL = /<img src="https:\/\/track\.example\.com\/o\/abcdefgh\/[a-z2-7]{32}\.gif" width="1" height="1" alt="" style="display:block;[^"]*">$/;
const markup = { quoteClass: "gmail_quote", attributionClass: "gmail_attr", cardClass: "gmail_chip", cardDomains: ["meet.google.com"] };
const links: LinkRules = { markup, urlText: true, skip: [], never: [], base: trackingId.base };
const rules: InstrumentOptions = { pixel: true, links };

const own = (html: string): Part[] => [{ type: 0, html }];

async function instrumented(html: string, given: InstrumentOptions = rules): Promise<string> {
  const done = await instrument(own(html), trackingId, OWN, given);
  return (await done?.parts)?.[0] ?? "";
}

/** The mail without the pixel and with each wrapped link unwrapped. */
const restored = async (html: string): Promise<string> => (await strip(own(html), OWN, true))[0] ?? html;

test("the pixel is at the end of the sender's own part, and nothing else changes", async () => {
  const html = '<div dir="ltr">Hello &nbsp; <b>Ben</b><br>\r\n\u{1F48C}</div>';
  const fresh = await instrumented(html);
  expect(fresh.replace(PIXEL, "")).toBe(html);
});

test("a link is wrapped with its number, its signature and its visible target", async () => {
  const done = await instrument(own('<a href="https://example.com/?a=1&amp;b=2">x</a>'), trackingId, OWN, rules);
  expect(done?.links).toEqual([{ n: 1, url: "https://example.com/?a=1&b=2" }]);
  expect((await done?.parts)?.[0]).toMatch(
    /^<a href="https:\/\/track\.example\.com\/l\/abcdefgh\/[a-z2-7]{32}\/1\/[\w-]{22}\?to=https%3A%2F%2Fexample\.com%2F%3Fa%3D1%26b%3D2">x<\/a><img/,
  );
});

test("numbers run from 1 through all links", async () => {
  const done = await instrument(own('<a href=https://a.example>a</a><A HREF=\'http://b.example\'>b</A>'), trackingId, OWN, rules);
  expect(done?.links.map(({ n, url }) => `${n} ${url}`)).toEqual(["1 https://a.example", "2 http://b.example"]);
});

test.each([
  ['<a href="mailto:ben@example.com">x</a>', "mail"],
  ['<a href="tel:+1">x</a>', "telephone"],
  ['<a href="cid:1">x</a>', "an attachment"],
  ['<a href="data:text/html,x">x</a>', "data"],
  ['<a href="#top">x</a>', "an anchor"],
  ['<a name="top">x</a>', "no target"],
  ['<a href="javascript:alert(1)">x</a>', "script"],
  ['<a href="/relative">x</a>', "a relative address"],
  ['<a href="https://example.com/unsubscribe?u=1">x</a>', "unsubscribing, by address"],
  ['<a href="https://example.com/x">Newsletter abbestellen</a>', "unsubscribing, by text"],
  ['<a data-sealbreak="off" href="https://example.com">x</a>', "an attribute"],
  ['<p class="a sealbreak-off"><a href="https://example.com">x</a></p>', "a class around it"],
  [`<a href="https://other.example/l/zzzzzzzz/${TOKEN}/1?to=https%3A%2F%2Fexample.com&amp;sig=x">x</a>`, "another server's link"],
  ['<div class="gmail_quote"><a href="https://example.com">x</a></div>', "a quote"],
  ['<!-- <a href="https://example.com">x</a> -->', "a comment"],
  ['<textarea><a href="https://example.com">x</a></textarea>', "text only"],
])("%s is not wrapped: %s", async (html) => {
  expect((await instrumented(html)).replace(PIXEL, "")).toBe(html);
});

test("a link whose text is its address is wrapped, unless the user excludes such links", async () => {
  const html = '<a href="https://example.com/a">example.com/a</a>';
  expect(await instrumented(html)).toContain("/l/abcdefgh/");
  expect((await instrumented(html, { pixel: true, links: { ...links, urlText: false } })).replace(PIXEL, "")).toBe(html);
});

test.each([
  "https://example.com/todo-list-manager",
  "https://example.com/adopt-outreach",
  "https://example.com/adopt-out-reach",
])("%s is an ordinary address and is wrapped", async (url) => {
  expect(await instrumented(`<a href="${url}">x</a>`)).toContain("/l/abcdefgh/");
});

test.each(["https://example.com/optout", "https://example.com/opt-out?u=1", "https://ann.us1.list-manage.com/x", "https://example.com/?a=unsubscribed"])(
  "%s ends a subscription and is left alone",
  async (url) => {
    expect(await instrumented(`<a href="${url}">x</a>`)).not.toContain("/l/abcdefgh/");
  },
);

test("a link that is typed inside an expanded quote is wrapped, and the quoted ones are not", async () => {
  const link = (name: string) => `<a href="https://example.com/${name}">x</a>`;
  const quote =
    `<div class="gmail_quote"><div class="gmail_attr">${link("attribution")}</div><blockquote class="gmail_quote">${link("before")}</blockquote>` +
    `<div>${link("typed")}</div><blockquote class="gmail_quote">${link("after")}</blockquote></div>`;
  const done = await instrument(own(quote), trackingId, OWN, rules);
  expect(done?.links.map(({ url }) => url)).toEqual(["https://example.com/typed"]);
});

test("all of a forwarded mail is quoted", async () => {
  const forwarded = '<div class="gmail_quote"><div class="gmail_attr">Forwarded</div><a href="https://example.com/a">x</a></div>';
  expect((await instrument(own(forwarded), trackingId, OWN, rules))?.links).toEqual([]);
});

test("no link is wrapped when links are off", async () => {
  expect(await instrumented('<a href="https://example.com">x</a>', { pixel: true, links: null })).not.toContain("/l/");
});

describe("our own older pixels and links", () => {
  const direct = `https://old.example.com:8443/o/bbbbbbbb/${TOKEN}.gif`;
  const proxied = `https://ci3.googleusercontent.com/meips/AD=s0-d-e1-ft#${direct}`;
  const link = `https://old.example.com:8443/l/bbbbbbbb/${TOKEN}/7?to=https%3A%2F%2Fexample.com%2F%3Fa%26b&amp;sig=s`;

  test.each([direct, proxied])("a pixel is removed from the quote: %s", async (url) => {
    const quote = `<blockquote>before<img alt="" src="${url}" class="CToWUd">after</blockquote>`;
    const done = await instrument([...own("hi"), { type: 2, html: quote }], trackingId, OWN, rules);
    expect((await done?.parts)?.[1]).toBe("<blockquote>beforeafter</blockquote>");
  });

  test("another owner's pixel stays", async () => {
    const quote = `<img src="${proxied.replace("bbbbbbbb", "cccccccc")}">`;
    const done = await instrument([...own("hi"), { type: 2, html: quote }], trackingId, OWN, rules);
    expect((await done?.parts)?.[1]).toBeNull();
  });

  test("a link in the quote is unwrapped", async () => {
    const parts = [...own("hi"), { type: 2, html: `<a target="_blank" href="${link}">x</a>` }];
    expect(await strip(parts, OWN, true)).toEqual([null, '<a target="_blank" href="https://example.com/?a&amp;b">x</a>']);
  });

  test("a link in the sender's own part is unwrapped before it is wrapped again", async () => {
    const done = await instrument(own(`<a href="${link}">x</a>`), trackingId, OWN, rules);
    expect(done?.links).toEqual([{ n: 1, url: "https://example.com/?a&b" }]);
  });
});

test("instrumenting twice gives the same result as once", async () => {
  const once = await instrumented('<p>Hi <a href="https://example.com">x</a></p>');
  expect(await instrumented(once)).toBe(once);
});

test.each([
  ["an open comment", "<p>a</p><!-- b"],
  ["an open style", "<p>a</p><style>b{"],
  ["an open tag", '<p>a</p><a href="x'],
])("a mail that ends in %s has no place for a pixel", async (_, html) => {
  expect(await instrument(own(html), trackingId, OWN, rules)).toBeNull();
});

test("a mail without a part of the sender's own has no place for a pixel", async () => {
  expect(await instrument([{ type: 2, html: "<p>a</p>" }], trackingId, OWN, rules)).toBeNull();
});

const piece = fc.constantFrom(
  "text & more", "<p>", "</p>", "<br>\r\n", "<b><i>x</b></i>", "<table><tr><td>1", "</table>", "&amp;&#x1F48C;\u{1F600}",
  '<a href="https://example.com/x?a=1&amp;b=2">', "</a>", "<a href='http://b.example' class=x>b</a>", '<img src="cid:1">',
  "<!-- c -->", '<style>a{}</style>', "<A\nHREF = https://c.example/ü >c", '<font color=red>', "</div>", "\u0000",
);

test("for any HTML, stripping an instrumented mail restores the mail as written", async () => {
  const canonical = (html: string) => serialize(parseFragment(html));
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 25 }), async (pieces) => {
      const html = pieces.join("");
      const fresh = await instrumented(html);
      if (fresh === "") return;
      expect(fresh).toMatch(PIXEL);
      const back = (await restored(fresh)).replaceAll("https://c.example/%C3%BC", "https://c.example/ü");
      expect(canonical(back)).toBe(canonical(html));
    }),
    { numRuns: 300 },
  );
});

test("without a pixel only the links change", async () => {
  const done = await instrument(own('<a href="https://example.com/a">a</a>'), trackingId, OWN, { pixel: false, links });
  expect(done?.links).toHaveLength(1);
  expect((await done?.parts)?.[0]).not.toContain("<img");
});

test("a link that was excluded by its address is not changed", async () => {
  const html = '<a href="https://example.com/a">a</a> <a href="https://example.com/b">b</a>';
  const skip = ["https://example.com/a"];
  const done = await instrument(own(html), trackingId, OWN, { pixel: true, links: { ...links, skip } });
  expect(done?.links).toEqual([{ n: 1, url: "https://example.com/b" }]);
  expect((await done?.parts)?.[0]).toContain('href="https://example.com/a"');
});

describe("the hidden link", () => {
  const trap: InstrumentOptions = { ...rules, hidden: true };
  const html = '<p>Hi <a href="https://example.com">x</a></p>';
  const HIDDEN =
    /<a href="https:\/\/track\.example\.com\/l\/abcdefgh\/[a-z2-7]{32}\/2\/[\w-]{22}\?to=https%3A%2F%2Ftrack\.example\.com%2Fr%2Fabcdefgh%2F[^"]*" style="display:none;font-size:0" aria-hidden="true" tabindex="-1"><\/a>(?=<img )/;

  test("is added only on request and only with a pixel", async () => {
    expect(await instrumented(html)).not.toContain("aria-hidden");
    expect(await instrumented(html, { ...trap, pixel: false })).not.toContain("aria-hidden");
  });

  test("is beside the pixel, has no text, and has the next number", async () => {
    const done = await instrument(own(html), trackingId, OWN, trap);
    expect((await done?.parts)?.[0]).toMatch(HIDDEN);
    expect(done?.links[1]).toMatchObject({ n: 2, hidden: true });
    expect(done?.links[0]).toEqual({ n: 1, url: "https://example.com" });
  });

  test("is removed with the pixel when the mail is quoted or instrumented again", async () => {
    const once = await instrumented(html, trap);
    expect(await restored(once)).toBe(html);
    expect(await instrumented(once, trap)).toBe(once);
  });
});

describe("the line for readers", () => {
  const text = "What is kept & how to <stop> it";
  const lined: InstrumentOptions = { ...rules, line: text };
  const html = '<p>Hello</p><a href="https://example.com/a">x</a>';
  const LINE = /<a href="https:\/\/track\.example\.com\/r\/abcdefgh\/[a-z2-7]{32}" style="display:block;[^"]*">What is kept &amp; how to &lt;stop&gt; it<\/a>/;

  test("is visible at the end, before the pixel, and is no tracked link", async () => {
    const done = await instrument(own(html), trackingId, OWN, lined);
    expect((await done?.parts)?.[0]).toMatch(new RegExp(`${LINE.source}<img `));
    expect(done?.links).toHaveLength(1);
  });

  test("is added to a mail whose links only are tracked", async () => {
    expect(await instrumented(html, { ...lined, pixel: false })).toMatch(new RegExp(`${LINE.source}$`));
  });

  test("is there once when the mail is instrumented again", async () => {
    const once = await instrumented(html, lined);
    expect(await instrumented(once, lined)).toBe(once);
  });

  test("is removed from a quote, in HTML and in plain text", async () => {
    expect(await restored(await instrumented(html, lined))).toBe(html);
    const quoted = await instrumented(html, lined);
    const parts: Part[] = [{ type: 0, html: "<p>New</p>" }, { type: 2, html: quoted }];
    const done = await instrument(parts, trackingId, OWN, lined);
    expect((await done?.parts)?.join("").match(new RegExp(LINE, "g"))).toHaveLength(1);
    const plain = `> What is kept <https://track.example.com/r/abcdefgh/${TOKEN}>.\n> Ben`;
    expect(await strip([{ type: 2, html: plain }], OWN, false)).toEqual(["> What is kept .\n> Ben"]);
  });

  test("a mail that has no place for it is not tracked", async () => {
    expect(await instrument([{ type: 2, html }], trackingId, OWN, { ...lined, pixel: false })).toBeNull();
  });
});
