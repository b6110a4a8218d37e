/** Decides which links are wrapped, and why others are left alone. `tests/contract/links.json` is the shared list. */
import { isInDomain } from "../../shared/domains";
import type { Settings } from "../../shared/settings";
import type { TrackingOverrides } from "../../shared/tracking-options";
import { isWrapped, wrappedLength } from "../addresses/urls";
import type { FoundUrl } from "../html/html";
import type { MailClasses } from "../html/open-elements";

export type LinkDecision =
  | "wrap"
  | "not-web"
  /** Credentials, or a host that browsers have to correct: readers would not see where it leads. */
  | "odd"
  | "quoted"
  | "exempt"
  | "card"
  | "skipped"
  | "already-wrapped"
  | "unsubscribe"
  | "never"
  | "text-is-url"
  | "too-long";

/** How the host marks the parts of a mail that it writes itself. */
export interface MailMarkup extends MailClasses {
  /** Links to these domains are cards, wherever they are. */
  cardDomains: readonly string[];
}

export interface LinkRules {
  markup: MailMarkup;
  /** Wraps also links whose text is an address. */
  urlText: boolean;
  /** Addresses that the user excluded in this mail. */
  skip: readonly string[];
  /** Domains that are never wrapped, in lower-case ASCII; subdomains are included. */
  never: readonly string[];
  /** The public address of the server, for the length of the wrapped address. */
  base: string;
}

export function linkRulesFor(markup: MailMarkup, settings: Settings, overrides: TrackingOverrides, base: string): LinkRules {
  const urlText = overrides.urlText ?? settings.urlText;
  return { markup, urlText, skip: overrides.skip, never: settings.neverWrap, base };
}

/** Outlook cuts longer addresses, and Safe Links adds 250 to 700 characters. */
const MAX_WRAPPED_LENGTH = 2000;

/** "todo-list-manager" and "adopt-outreach" are ordinary addresses. */
const UNSUBSCRIBE_URL =
  /unsubscri|(?<![a-z])opt-?out(?![a-z])|(?:^https?:\/\/|\.)list-manage\d*\.com\b|abmeld|abbestell|d[eé]sabonn|desinscri/i;
const UNSUBSCRIBE_TEXT =
  /unsubscribe|opt[ -]out|abmelden|abbestellen|austragen|d[eé]sabonner|d[eé]sinscri|darse de baja|cancelar (?:la )?(?:suscripci|inscri)|disiscri|uitschrijven|afmelden|odhl[aá]sit|wypisz|отпис|配信停止|登録解除|購読解除|退订|退訂|수신 ?거부/i;

export type LinkFacts = Pick<FoundUrl, "url" | "text" | "quoted" | "exempt" | "card">;

export function classifyLink(link: LinkFacts, rules: LinkRules): LinkDecision {
  const { target, problem } = readTarget(link.url);
  if (target === null) return problem;
  if (link.quoted) return "quoted";
  if (link.exempt) return "exempt";
  if (link.card || isOnDomain(target, rules.markup.cardDomains)) return "card";
  if (rules.skip.includes(target)) return "skipped";
  if (isWrapped(target)) return "already-wrapped";
  if (UNSUBSCRIBE_URL.test(target) || UNSUBSCRIBE_TEXT.test(link.text)) return "unsubscribe";
  if (isOnDomain(target, rules.never)) return "never";
  if (wrappedLength(rules.base, target) > MAX_WRAPPED_LENGTH) return "too-long";
  return !rules.urlText && isUrlText(link.text) ? "text-is-url" : "wrap";
}

const WEB = /^https?:\/\/(?:\[[\da-f:.]+\]|[^[\]/?#:@]+)(?::(\d{1,5}))?(?:[/?#]|$)/i;
const HOST = /^https?:\/\/([^/?#:@]+)/i;
const HOST_NAME = /^(?:[a-z0-9_-]+\.)*[a-z0-9_-]+\.?$/i;
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[\da-f]*)\.?$/i;

type Target = { target: string; problem: null } | { target: null; problem: "not-web" | "odd" };

const ODD: Target = { target: null, problem: "odd" };

/**
 * What a wrapped link leads to: the address as written when it is plain ASCII, otherwise as a browser would request
 * it. The server follows the same addresses.
 */
export function readTarget(href: string): Target {
  const url = href.trim();
  if (!/^https?:/i.test(url)) return { target: null, problem: "not-web" };
  if (/[\\\p{Cc}]/u.test(url) || !url.isWellFormed() || /[\s\p{Cf}]/u.test(HOST.exec(url)?.[1] ?? "")) return ODD;
  if (!WEB.test(url) || !URL.canParse(url)) return ODD;
  const target = /^[!-~]+$/.test(url) ? url : new URL(url).href;
  return isPlain(target) ? { target, problem: null } : ODD;
}

/** For a target in ASCII: a port that exists, and a host that a browser takes as it is. */
function isPlain(target: string): boolean {
  const port = WEB.exec(target)?.[1];
  if (!WEB.test(target) || (port !== undefined && Number(port) === 0)) return false;
  const host = HOST.exec(target)?.[1] ?? "";
  if (host.startsWith("[")) return true;
  return ENDS_IN_NUMBER.test(host) ? host === new URL(target).hostname : HOST_NAME.test(host);
}

/** The host of a target, without the final dot. */
export function domainOfTarget(target: string): string {
  return new URL(target).hostname.replace(/\.$/, "");
}

function isOnDomain(target: string, domains: readonly string[]): boolean {
  if (domains.length === 0) return false;
  const host = domainOfTarget(target);
  return domains.some((domain) => isInDomain(host, domain));
}

/** `example.com/a`, `www.example.com`, `https://...`: a text that readers and mail programs take for an address. */
function isUrlText(text: string): boolean {
  const plain = text.replace(/^[\s<([{"']+|[\s>)\]}"'.,;:!?]+$/g, "");
  if (/^https?:\/\//i.test(plain)) return true;
  return /^(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?:[/?#:]\S*)?$/iu.test(plain) && !FILE_NAME.test(plain);
}

/** Endings that no domain has. */
const FILE_NAME = /^[^/?#:]+\.(?:pdf|docx?|xlsx?|pptx?|html?|txt|csv|png|jpe?g|gif|svg|js|json)$/i;
