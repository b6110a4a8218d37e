/** Which links are wrapped, and why the others are not. */
import { isWrapped } from "./urls";
import type { FoundUrl } from "./html";

export type LinkDecision =
  | "wrap"
  | "not-web"
  | "quoted"
  | "exempt"
  | "skipped"
  | "already-wrapped"
  | "unsubscribe"
  | "text-is-url"
  | "too-long";

export interface LinkRules {
  wrapUrlText: boolean;
  /** The class of the element around quoted text, whose links are left alone. */
  quoteClass: string;
  /** Addresses that the user chose to leave alone in this mail. */
  skip: readonly string[];
}

/** Longer targets would make addresses that servers and mail programs cut. */
const MAX_TARGET_LENGTH = 2000;

const UNSUBSCRIBE_URL = /unsubscri|opt-?out|list-manage|abmeld|abbestell|d[eé]sabonn|desinscri/i;
const UNSUBSCRIBE_TEXT =
  /unsubscribe|opt[ -]out|abmelden|abbestellen|austragen|d[eé]sabonner|d[eé]sinscri|darse de baja|cancelar (?:la )?(?:suscripci|inscri)|disiscri|uitschrijven|afmelden|odhl[aá]sit|wypisz|отпис|配信停止|登録解除|購読解除|退订|退訂|수신 ?거부/i;

export function classifyLink(link: Pick<FoundUrl, "url" | "text" | "quoted" | "exempt">, rules: LinkRules): LinkDecision {
  const target = webTarget(link.url);
  if (target === null) return "not-web";
  if (link.quoted) return "quoted";
  if (link.exempt) return "exempt";
  if (rules.skip.includes(target)) return "skipped";
  if (isWrapped(link.url)) return "already-wrapped";
  if (UNSUBSCRIBE_URL.test(link.url) || UNSUBSCRIBE_TEXT.test(link.text)) return "unsubscribe";
  if (!rules.wrapUrlText && isUrlText(link.text)) return "text-is-url";
  return target.length > MAX_TARGET_LENGTH ? "too-long" : "wrap";
}

/**
 * The address as it stands in the mail where it is plain ASCII, else as a browser would request it;
 * null for everything but http and https.
 */
export function webTarget(href: string): string | null {
  const url = href.trim();
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
  return /^[!-~]+$/.test(url) ? url : new URL(url).href;
}

/** `example.com/a`, `www.example.com`, `https://...`: what a reader takes for an address. */
function isUrlText(text: string): boolean {
  return /^(?:https?:\/\/\S+|(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?:[/?#:]\S*)?)$/iu.test(text);
}
