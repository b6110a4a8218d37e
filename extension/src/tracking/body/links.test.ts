import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findUrls } from "../html/html";
import { instrument } from "./instrument";
import { classifyLink, readTarget, type LinkDecision, type LinkRules, type MailMarkup } from "./links";

interface Case {
  url: string;
  wrapped: boolean;
  /** "web" for a link that is wrapped, otherwise a decision. */
  why: string;
  /** The target that is wrapped, where it is not the address as written. */
  target?: string;
  html?: string;
}

const MARKUP: MailMarkup = {
  quoteClass: "gmail_quote",
  attributionClass: "gmail_attr",
  cardClass: "gmail_chip",
  cardDomains: ["meet.google.com", "calendar.google.com", "calendar.app.google"],
};
const path = new URL("../../../../tests/contract/links.json", import.meta.url);
const cases = JSON.parse(readFileSync(path, "utf8")) as Case[];
const trackingId = { base: "https://track.example.com", owner: "abcdefgh", id: "uwuurgx7iezxer6s", key: "c5MJ3W-zcuIZTub-C3FkcAebVRPPkmrC8xx_dcETuQk" };
const rules: LinkRules = { markup: MARKUP, urlText: false, skip: [], never: ["never.example"], base: trackingId.base };

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
const mailWith = ({ url, html }: Case) => html ?? `<a href="${escaped(url)}">a link</a>`;

test.each(cases)("%j: the shared list agrees", async (one) => {
  const html = mailWith(one);
  const [link] = findUrls(html, MARKUP).filter(({ kind }) => kind === "link");
  if (!link) throw new Error("no link");
  expect(link.url).toBe(one.url);
  expect(classifyLink(link, rules)).toBe<LinkDecision>((one.why === "web" ? "wrap" : one.why) as LinkDecision);
  const done = await instrument([{ type: 0, html }], trackingId, [], { pixel: false, links: rules });
  expect(done?.links).toEqual(one.wrapped ? [{ n: 1, url: one.target ?? one.url }] : []);
});

describe("a link whose text is an address", () => {
  const decide = (text: string, urlText = false) =>
    classifyLink({ url: "https://example.com/", text, quoted: false, exempt: false, card: false }, { ...rules, urlText });

  test.each(["https://example.com", "HTTP://example.com/a b", "(example.com/a).", "www.example.com", "«example.com»", "münchen.example"])(
    "%s is left alone by default",
    (text) => {
      expect([decide(text), decide(text, true)]).toEqual(text.startsWith("«") ? ["wrap", "wrap"] : ["text-is-url", "wrap"]);
    },
  );

  test.each(["offer.pdf", "this page", "e.g.", "ann@example.com", "12.5", ""])("%j is no such text", (text) => {
    expect(decide(text)).toBe("wrap");
  });
});

test.each(["todo-list-manager.example", "example.com/adopt-outreach", "example.com/opt-outreach"])("%s is no link to unsubscribe", (url) => {
  const link = { url: `https://${url}/`, text: "x", quoted: false, exempt: false, card: false };
  expect(classifyLink(link, rules)).toBe("wrap");
});

test("the text of a target stays exactly as written when it is plain ASCII", () => {
  const url = "https://example.com/?x=%7e&y='{}|^\"<>";
  expect(readTarget(url).target).toBe(url);
});
