/** Decides which links are wrapped, and why others are not. */
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
  /** Addresses that the user excluded in this mail. */
  skip: readonly string[];
}

/** A longer target would make an address that servers and mail programs truncate. */
const MAX_TARGET_LENGTH = 2000;

/** Whole words only, apart from their endings: "todo-list-manager" and "adopt-outreach" are ordinary addresses. */
const UNSUBSCRIBE_URL =
  /(?<![a-z])(?:unsubscri|opt-?out(?![a-z])|abmeld|abbestell|d[eé]sabonn|desinscri)|^https?:\/\/(?:[\w-]+\.)*list-manage\d?\.com\//i;
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
 * The address as written when it is plain ASCII, otherwise as a browser would request it. Null for anything but http
 * and https.
 */
export function webTarget(href: string): string | null {
  const url = href.trim();
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
  return /^[!-~]+$/.test(url) ? url : new URL(url).href;
}

/** `example.com/a`, `www.example.com`, `https://...`: a text that readers take for an address. */
function isUrlText(text: string): boolean {
  return /^(?:https?:\/\/\S+|(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?:[/?#:]\S*)?)$/iu.test(text);
}
