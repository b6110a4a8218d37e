/** The user's settings. */

import { isInDomain, readDomain } from "./domains";
import { domainOfAddress } from "./people";
import type { TrackingOptions } from "./tracking-options";

export interface Settings {
  /** Whether new mail is tracked. */
  tracking: boolean;
  opens: boolean;
  links: boolean;
  /** The options for all mail to a domain, in lower-case ASCII. */
  domains: Record<string, TrackingOptions>;
  /** Links whose text is an address. Some mail programs warn when text and target differ. */
  urlText: boolean;
  /** Domains whose links are never wrapped, in lower-case ASCII. */
  neverWrap: string[];
  /** A link that readers cannot see: whoever follows it is a machine. */
  hiddenLink: boolean;
  /** Tracks although only this computer or network reaches the server. */
  allowLocal: boolean;
  /** New events cause a notification of the browser. */
  alerts: boolean;
  /** The mails that end with a line that leads to the recipient's page. */
  readerLine: "off" | "domains" | "always";
  /** Recipients' domains whose mails get the line, in lower-case ASCII. */
  readerLineDomains: string[];
  readerLineText: string;
  level: "full" | "count";
  /** Addresses and domains in lower case; `do-not-track.ts` reads them. */
  doNotTrack: string[];
}

/** The settings that are lists of entries. */
export type ListName = "doNotTrack" | "neverWrap" | "readerLineDomains";

export const DEFAULTS: Settings = {
  tracking: true,
  opens: true,
  links: true,
  domains: {},
  urlText: false,
  neverWrap: [],
  hiddenLink: false,
  allowLocal: false,
  alerts: false,
  readerLine: "off",
  readerLineDomains: [],
  readerLineText: "This mail is tracked with Sealbreak. Here you see what is kept, and can stop it.",
  level: "full",
  doNotTrack: [],
};

/** Accepts settings of any earlier version; missing ones get today's defaults. */
export function readSettings(stored: unknown): Settings {
  const given = (typeof stored === "object" && stored !== null ? stored : {}) as Partial<Settings>;
  const flag = (name: "tracking" | "opens" | "links" | "urlText" | "hiddenLink" | "allowLocal" | "alerts") =>
    typeof given[name] === "boolean" ? given[name] : DEFAULTS[name];
  return {
    tracking: flag("tracking"),
    opens: flag("opens"),
    links: flag("links"),
    domains: readDomainOptions(given.domains),
    urlText: flag("urlText"),
    neverWrap: Array.isArray(given.neverWrap) ? readDomains(given.neverWrap.join("\n")).entries : [],
    hiddenLink: flag("hiddenLink"),
    allowLocal: flag("allowLocal"),
    alerts: flag("alerts"),
    readerLine: given.readerLine === "domains" || given.readerLine === "always" ? given.readerLine : "off",
    readerLineDomains: Array.isArray(given.readerLineDomains) ? readDomains(given.readerLineDomains.join("\n")).entries : [],
    readerLineText: readLineText(given.readerLineText),
    level: given.level === "count" ? "count" : "full",
    doNotTrack: Array.isArray(given.doNotTrack) ? given.doNotTrack.filter((entry) => typeof entry === "string") : [],
  };
}

const MAX_LINE = 300;

/** One line; the default when nothing is written. */
function readLineText(text: unknown): string {
  const line = typeof text === "string" ? text.replace(/\s+/g, " ").trim().slice(0, MAX_LINE).toWellFormed() : "";
  return line || DEFAULTS.readerLineText;
}

/** The line for a mail to these recipients; empty for none. One body goes to all, so one domain is enough. */
export function readerLineFor({ readerLine, readerLineDomains, readerLineText }: Settings, recipients: readonly string[]): string {
  if (readerLine === "off") return "";
  const isMeant = (address: string) => readerLineDomains.some((domain) => isInDomain(domainOfAddress(address), domain));
  return readerLine === "always" || recipients.some(isMeant) ? readerLineText : "";
}

function readDomainOptions(stored: unknown): Record<string, TrackingOptions> {
  if (typeof stored !== "object" || stored === null) return {};
  const entries = Object.entries(stored as Record<string, Partial<TrackingOptions> | null>);
  return Object.fromEntries(entries.flatMap(([domain, options]) => (isTrackingOptions(options) ? [[domainOfAddress(domain), options]] : [])));
}

export function isTrackingOptions(value: unknown): value is TrackingOptions {
  const { on, opens, links } = (value ?? {}) as Partial<TrackingOptions>;
  return [on, opens, links].every((flag) => typeof flag === "boolean");
}

/** A null domain means all mail. Null options remove the domain's entry. */
export function remember(settings: Settings, domain: string | null, options: TrackingOptions | null): Settings {
  if (domain === null)
    return options ? { ...settings, tracking: options.on, opens: options.opens, links: options.links } : settings;
  const others = Object.entries(settings.domains).filter(([name]) => name !== domain);
  return { ...settings, domains: Object.fromEntries(options ? [...others, [domain, options]] : others) };
}

/** Domains, separated by lines, spaces or commas. */
export function readDomains(text: string): { entries: string[]; refused: string[] } {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const entries = [...new Set(words.flatMap((word) => readDomain(word) ?? []))];
  return { entries, refused: words.filter((word) => readDomain(word) === null) };
}

/** With entries added to a list, and others removed from it. */
export function withEdit(settings: Settings, { list, add, remove }: { list: ListName; add: readonly string[]; remove: readonly string[] }): Settings {
  const others = settings[list].filter((entry) => !remove.includes(entry) && !add.includes(entry));
  return { ...settings, [list]: [...others, ...add] };
}
