/** The user's settings. */

import { readDomain } from "./domains";
import type { TrackingOptions } from "./tracking-options";

export interface Settings {
  /** Whether new mail is tracked. */
  tracking: boolean;
  opens: boolean;
  links: boolean;
  /** The options for all mail to a domain, in lower case. */
  domains: Record<string, TrackingOptions>;
  /** Links whose text is an address. Some mail programs warn when text and target differ. */
  urlText: boolean;
  /** Domains whose links are never wrapped, in lower-case ASCII. */
  neverWrap: string[];
  /** A link that readers cannot see: whoever follows it is a machine. */
  hiddenLink: boolean;
  /** Tracks although only this computer or network reaches the server. */
  allowLocal: boolean;
  level: "full" | "count";
  /** Addresses and domains in lower case; `do-not-track.ts` reads them. */
  doNotTrack: string[];
}

/** The settings that are lists of entries. */
export type ListName = "doNotTrack" | "neverWrap";

export const DEFAULTS: Settings = {
  tracking: true,
  opens: true,
  links: true,
  domains: {},
  urlText: false,
  neverWrap: [],
  hiddenLink: false,
  allowLocal: false,
  level: "full",
  doNotTrack: [],
};

/** Accepts settings of any earlier version; missing ones get today's defaults. */
export function readSettings(stored: unknown): Settings {
  const given = (typeof stored === "object" && stored !== null ? stored : {}) as Partial<Settings>;
  const flag = (name: "tracking" | "opens" | "links" | "urlText" | "hiddenLink" | "allowLocal") =>
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
    level: given.level === "count" ? "count" : "full",
    doNotTrack: Array.isArray(given.doNotTrack) ? given.doNotTrack.filter((entry) => typeof entry === "string") : [],
  };
}

function readDomainOptions(stored: unknown): Record<string, TrackingOptions> {
  if (typeof stored !== "object" || stored === null) return {};
  const entries = Object.entries(stored as Record<string, Partial<TrackingOptions> | null>);
  return Object.fromEntries(entries.flatMap(([domain, options]) => (isTrackingOptions(options) ? [[domain, options]] : [])));
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
