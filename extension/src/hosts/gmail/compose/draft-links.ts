import { classifyLink, webTarget, type LinkRules } from "../../../tracking/links";
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
      quoted: anchor.closest(`.${rules.quoteClass}`) !== null,
      exempt: anchor.closest('[data-sealbreak="off"], .sealbreak-off') !== null,
    };
    const url = classifyLink(link, rules) === "wrap" ? webTarget(link.url) : null;
    if (url !== null && !found.has(url)) found.set(url, { url, text });
  }
  return [...found.values()];
}
