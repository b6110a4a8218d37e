/** What is tracked in a mail: the overrides for this mail, or else the defaults for its recipients. Pure. */
import { domainOfAddress } from "./people";

export interface TrackingOptions {
  on: boolean;
  opens: boolean;
  links: boolean;
}

/** The overrides for one mail; null uses the default. */
export interface TrackingOverrides {
  on: boolean | null;
  opens: boolean | null;
  links: boolean | null;
  /** Addresses of links that are left alone. */
  skip: string[];
  /** Whether links whose text is an address are wrapped. */
  urlText: boolean | null;
}

export const NO_OVERRIDES: TrackingOverrides = { on: null, opens: null, links: null, skip: [], urlText: null };

export interface TrackingDefaults {
  tracking: boolean;
  opens: boolean;
  links: boolean;
  /** By the recipient's domain, in lower-case ASCII. */
  domains: Readonly<Record<string, TrackingOptions>>;
}

/** All recipients get the same text, so with several recipients the most private choice applies. */
export function defaultsFor(recipients: readonly string[], defaults: TrackingDefaults): TrackingOptions {
  const all = recipients.map((address) => defaultsForDomain(domainOfAddress(address), defaults));
  if (all.length === 0) return defaultsForDomain("", defaults);
  return {
    on: all.every(({ on }) => on),
    opens: all.every(({ opens }) => opens),
    links: all.every(({ links }) => links),
  };
}

function defaultsForDomain(domain: string, { tracking, opens, links, domains }: TrackingDefaults): TrackingOptions {
  const own = Object.hasOwn(domains, domain) ? domains[domain] : undefined;
  return own ?? { on: tracking, opens, links };
}

export function effectiveOptions(overrides: TrackingOverrides, recipients: readonly string[], defaults: TrackingDefaults): TrackingOptions {
  const options = defaultsFor(recipients, defaults);
  const opens = overrides.opens ?? options.opens;
  const links = overrides.links ?? options.links;
  return { on: (overrides.on ?? options.on) && (opens || links), opens, links };
}

/** A mail that is switched on with nothing to track would stay off, so everything is switched on. */
export function withSwitch(overrides: TrackingOverrides, on: boolean, now: TrackingOptions): TrackingOverrides {
  const all = on && !now.opens && !now.links ? { opens: true, links: true } : {};
  return { ...overrides, ...all, on };
}

/** For windows of which one was sent, and it is not known which. */
export function mostPrivate(all: readonly TrackingOverrides[]): TrackingOverrides {
  const least = (flag: "on" | "opens" | "links" | "urlText") =>
    all.some((one) => one[flag] === false) ? false : all.some((one) => one[flag] === null) ? null : true;
  const skip = [...new Set(all.flatMap((one) => one.skip))];
  return { on: least("on"), opens: least("opens"), links: least("links"), skip, urlText: least("urlText") };
}

export function isNoOverride({ on, opens, links, skip, urlText }: TrackingOverrides): boolean {
  return on === null && opens === null && links === null && skip.length === 0 && urlText === null;
}

/** Each domain once, in the order of the recipients. */
export function domainsOf(recipients: readonly string[]): string[] {
  return [...new Set(recipients.map(domainOfAddress))].filter(Boolean);
}
