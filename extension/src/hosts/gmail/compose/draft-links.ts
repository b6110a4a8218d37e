import { classifyLink, webTarget, type LinkRules } from "../../../tracking/links";
import { ATTRIBUTION_CLASS } from "../../../tracking/html";
import { ownLinkTarget, type Identity } from "../../../tracking/urls";
import type { DraftLink } from "../../host";
import { EDITOR } from "../selectors";

export function trackableLinks(root: Element, own: readonly Identity[], rules: LinkRules): DraftLink[] {
  const found = new Map<string, DraftLink>();
  for (const anchor of root.querySelectorAll<HTMLAnchorElement>(`${EDITOR} a[href]`)) {
    const href = anchor.getAttribute("href") ?? "";
    const text = anchor.textContent.trim();
    const link = {
      url: ownLinkTarget(href, own) ?? href,
      text,
      quoted: isQuoted(anchor, rules.quoteClass),
      exempt: anchor.closest('[data-sealbreak="off"], .sealbreak-off') !== null,
    };
    const url = classifyLink(link, rules) === "wrap" ? webTarget(link.url) : null;
    if (url !== null && !found.has(url)) found.set(url, { url, text });
  }
  return [...found.values()];
}

/** The same rule as for the mail that is sent: what is typed beside the quoted text of a reply is not quoted. */
function isQuoted(anchor: Element, quoteClass: string): boolean {
  const around = (at: Element | null): Element[] => (at ? [...around(at.parentElement?.closest(`.${quoteClass}`) ?? null), at] : []);
  const [outer] = around(anchor.closest(`.${quoteClass}`));
  if (!outer) return false;
  const isReply = [...outer.children].some(({ tagName }) => tagName === "BLOCKQUOTE");
  return !isReply || outer.tagName === "BLOCKQUOTE" || anchor.closest(`blockquote, .${ATTRIBUTION_CLASS}`) !== null;
}
