/** The links of a mail that is being written, as far as they would be tracked. Read only. */
import { judgeLink, webTarget, type LinkRules } from "../../../tracking/links";
import { ownLinkTarget, type Identity } from "../../../tracking/urls";
import { EDITOR } from "../selectors";

export interface DraftLink {
  url: string;
  text: string;
}

/** Each address once. */
export function draftLinks(root: Element, own: readonly Identity[], rules: LinkRules): DraftLink[] {
  const found = new Map<string, DraftLink>();
  for (const anchor of root.querySelectorAll<HTMLAnchorElement>(`${EDITOR} a[href]`)) {
    const href = anchor.getAttribute("href") ?? "";
    const text = anchor.textContent.trim();
    const link = {
      url: ownLinkTarget(href, own) ?? href,
      text,
      quoted: anchor.closest(".gmail_quote") !== null,
      exempt: anchor.closest('[data-sealbreak="off"], .sealbreak-off') !== null,
    };
    const url = judgeLink(link, rules) === "wrap" ? webTarget(link.url) : null;
    if (url !== null && !found.has(url)) found.set(url, { url, text });
  }
  return [...found.values()];
}
