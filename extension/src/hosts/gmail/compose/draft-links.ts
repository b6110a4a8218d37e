import { EXEMPT } from "../../../tracking/html/open-elements";
import { classifyLink, readTarget, type LinkRules, type MailMarkup } from "../../../tracking/body/links";
import { ownLinkTarget } from "../../../tracking/addresses/own-addresses";
import type { Identity } from "../../../tracking/addresses/urls";
import type { DraftLink } from "../../host";
import { EDITOR } from "../selectors";

/** Links that are no web addresses or stand in a quote are left out. */
export function draftLinks(root: Element, own: readonly Identity[], rules: LinkRules): DraftLink[] {
  const { cardClass } = rules.markup;
  const found = new Map<string, DraftLink>();
  for (const anchor of root.querySelectorAll<HTMLAnchorElement>(`${EDITOR} a[href]`)) {
    const href = anchor.getAttribute("href") ?? "";
    const text = anchor.textContent.trim();
    const url = ownLinkTarget(href, own) ?? href;
    const decision = classifyLink(
      {
        url,
        text,
        quoted: isQuoted(anchor, rules.markup),
        exempt: anchor.closest(EXEMPT) !== null,
        card: anchor.closest(`.${cardClass}`) !== null,
      },
      rules,
    );
    if (decision === "not-web" || decision === "quoted") continue;
    const address = readTarget(url).target ?? url;
    if (!found.has(address)) found.set(address, { url: address, text, decision });
  }
  return [...found.values()];
}

/** The same rule as for the mail that is sent: what is typed beside the quoted text of a reply is not quoted. */
function isQuoted(anchor: Element, { quoteClass, attributionClass }: MailMarkup): boolean {
  const around = (at: Element | null): Element[] => (at ? [...around(at.parentElement?.closest(`.${quoteClass}`) ?? null), at] : []);
  const [outer] = around(anchor.closest(`.${quoteClass}`));
  if (!outer) return false;
  const isReply = [...outer.children].some(({ tagName }) => tagName === "BLOCKQUOTE");
  return !isReply || outer.tagName === "BLOCKQUOTE" || anchor.closest(`blockquote, .${attributionClass}`) !== null;
}
