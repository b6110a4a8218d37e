import { describe, expect, test } from "vitest";
import { strip } from "../body/instrument";
import { findOwn, ownLinkTarget, ownPixelToken, textWithoutOwn, withoutOwn } from "./own-addresses";
import { unwrapRedirect } from "./redirects";

const OWN = [
  { base: "https://track.example.com", owner: "abcdefgh" },
  { base: "https://old.example.com:8443/mail", owner: "bbbbbbbb" },
];
const TOKEN = "uwuurgx7iezxer6saaagyojqnh5fsofk";
const SIGNATURE = "c5MJ3W-zcuIZTub-C3FkcA";
const TARGET = "https://example.com/?a=1&b=2#part";
const TO = encodeURIComponent(TARGET);
const PIXEL = `https://track.example.com/o/abcdefgh/${TOKEN}.gif`;
const LINK = `https://track.example.com/l/abcdefgh/${TOKEN}/1/${SIGNATURE}?to=${TO}`;
const LINK1 = `https://old.example.com:8443/mail/l/bbbbbbbb/${TOKEN}/7?to=${TO}&sig=${SIGNATURE}`;
const OTHERS = LINK.replace("abcdefgh", "cccccccc");
const once = encodeURIComponent;
const safe = (url: string) => `https://eur01.safelinks.protection.outlook.com/?url=${once(url)}&data=05%7C01&sdata=x%3D&reserved=0`;
const google = (url: string) => `https://www.google.com/url?q=${once(url)}&source=gmail&ust=1&usg=x`;
const html = (text: string) => text.replaceAll("&", "&amp;");

describe("a pixel of ours is recognised", () => {
  test.each([
    PIXEL,
    PIXEL.replace("track.example.com", "TRACK.Example.com"),
    PIXEL.replace("https", "HTTP"),
    `${PIXEL}?x=1&utm_source=y`,
    `https://ci3.googleusercontent.com/meips/AD=s0-d-e1-ft#${PIXEL}`,
    `https://ci3.googleusercontent.com/meips/AD=s0-d-e1-ft#${PIXEL}?x=1`,
    `https://images.example.org/?url=${once(PIXEL)}`,
    `https://images.example.org/?url=${once(once(PIXEL))}`,
    safe(PIXEL),
    `https://old.example.com:8443/mail/o/bbbbbbbb/${TOKEN}.gif`,
  ])("%s", (src) => {
    expect(ownPixelToken(src, OWN)).toBe(TOKEN);
  });

  test.each([PIXEL.replace("abcdefgh", "cccccccc"), PIXEL.replace("track.", "other."), PIXEL.replace(".gif", ".png"), LINK])("not %s", (src) => {
    expect(ownPixelToken(src, OWN)).toBeNull();
  });
});

describe("the target of a link of ours is found", () => {
  test.each([
    LINK,
    LINK1,
    LINK.replace("track.example.com", "TRACK.EXAMPLE.COM"),
    `${LINK}&utm_source=appended`,
    safe(LINK),
    safe(LINK1),
    google(LINK),
    google(safe(LINK)),
    safe(google(safe(LINK))),
    `https://urldefense.com/v3/__${LINK}__;!!abc!x$`,
    `https://linkprotect.cudasvc.com/url?a=${once(LINK)}&c=E`,
    `https://track.example.com/l/abcdefgh/${TOKEN}/1/${SIGNATURE}?to=${TARGET}`,
    `https://old.example.com:8443/mail/l/bbbbbbbb/${TOKEN}/7?to=${TARGET}&sig=${SIGNATURE}`,
  ])("%s", (href) => {
    expect(ownLinkTarget(href, OWN)).toBe(TARGET);
  });

  test.each([OTHERS, PIXEL, safe("https://example.com/"), `https://example.com/share?url=${once(LINK)}`, LINK.replace(TO, "javascript:alert(1)")])(
    "not in %s",
    (href) => {
      expect(ownLinkTarget(href, OWN)).toBeNull();
    },
  );
});

test("inside an address that is no redirect only our part is replaced, encoded as it was", () => {
  const share = (url: string) => `https://example.com/share?text=see%20${once(url)}%20now&x=1`;
  expect(withoutOwn(share(LINK), OWN)).toBe(share(TARGET));
  expect(withoutOwn(share(LINK1), OWN)).toBe(share(TARGET));
  expect(withoutOwn(once(share(LINK)), OWN)).toBe(once(share(TARGET)));
  expect(withoutOwn(share(OTHERS), OWN)).toBe(share(OTHERS));
});

test("an address is found after another one was", () => {
  expect([findOwn(LINK, OWN)?.kind, findOwn(PIXEL, OWN)?.kind, findOwn(LINK, OWN)?.token, findOwn("", OWN), findOwn(LINK, [])]).toEqual([
    "link", "pixel", TOKEN, null, null,
  ]);
});

describe("plain text", () => {
  test.each([
    [`the offer <${LINK}>, see`, `the offer <${TARGET}>, see`],
    [`(${LINK1}).`, `(${TARGET}).`],
    [`> ${safe(LINK)}\n> text`, `> ${TARGET}\n> text`],
    [`[${PIXEL}]\nHello`, "\nHello"],
    [`<${PIXEL}?x=1> Hello`, " Hello"],
    [`Hello ${OTHERS}`, `Hello ${OTHERS}`],
    ["abcdefgh alone", "abcdefgh alone"],
  ])("%s", (text, clean) => {
    expect(textWithoutOwn(text, OWN, "plain")).toBe(clean);
  });

  test("a plain mail loses our addresses, and nothing else", async () => {
    const parts = [{ type: 0, html: `a & <b>\n${LINK}` }, { type: 2, html: "> x" }];
    expect(await strip(parts, OWN, false)).toEqual([`a & <b>\n${TARGET}`, null]);
  });
});

describe("a quote in HTML", () => {
  const clean = async (quote: string) => (await strip([{ type: 2, html: quote }], OWN, true))[0] ?? quote;

  test.each([
    [`<a href="${html(safe(LINK))}" originalsrc="${html(LINK)}" shash="x">offer</a>`, `<a href="${html(TARGET)}" originalsrc="${html(TARGET)}" shash="x">offer</a>`],
    [`<a href="${html(LINK)}" data-saferedirecturl="${html(google(LINK))}">offer</a>`, `<a href="${html(TARGET)}" data-saferedirecturl="${html(TARGET)}">offer</a>`],
    [`<p>see ${html(LINK)} &lt;${html(LINK)}&gt;&nbsp;now</p>`, `<p>see ${html(TARGET)} &lt;${html(TARGET)}&gt;&nbsp;now</p>`],
    [`<td background="${PIXEL}" width=1>x</td>`, "<td  width=1>x</td>"],
    [`<div style="background:url(${PIXEL})">x</div>`, '<div style="background:url()">x</div>'],
    [`<img src="x.png" srcset="${PIXEL} 2x">`, '<img src="x.png" srcset=" 2x">'],
    [`a<img alt='${LINK}' src=${PIXEL}?x>b`, "ab"],
    [`<!--[if mso]><img src="${PIXEL}"><![endif]-->`, '<!--[if mso]><img src=""><![endif]-->'],
    [`<a title="Original URL: ${html(LINK)}" href="https://example.com">x</a>`, `<a title="Original URL: ${html(TARGET)}" href="https://example.com">x</a>`],
    [`<a href="${html(OTHERS)}">x</a>`, `<a href="${html(OTHERS)}">x</a>`],
  ])("%s", async (quote, expected) => {
    expect(await clean(quote)).toBe(expected);
  });

  test("the line that leads to the page for recipients is removed", async () => {
    const page = `https://track.example.com/r/abcdefgh/${TOKEN}`;
    const scanned = `https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(page)}&amp;data=1`;
    for (const url of [page, scanned]) expect(await clean(`<p>a</p><a style="display:block" href="${url}">Who tracks <b>this</b> mail?</a>`)).toBe("<p>a</p>");
  });
});

test.each(["https://example.com/?url=https%3A%2F%2Fexample.org", "https://www.google.com/search?q=https%3A%2F%2Fexample.org", "mailto:a", ""])(
  "%s is no redirect",
  (url) => {
    expect(unwrapRedirect(url)).toBeNull();
  },
);
