/** The content of the menu in a compose window. Pure. */
import { domainsOf, type TrackingOverrides, type TrackingOptions } from "../../shared/tracking-options";
import type { Decision } from "../../tracking/decision";
import { isInDomain, readDomain } from "../../shared/domains";
import type { DraftLink } from "../../hosts/host";
import { domainOfTarget, type LinkDecision } from "../../tracking/body/links";
import type { MenuGroup, MenuItem } from "../ui/menu";
import type { Settings } from "../../shared/settings";

export interface MenuFacts {
  overrides: TrackingOverrides;
  decision: Decision;
  /** The result of the settings and the overrides, whether or not the mail can be tracked. */
  options: TrackingOptions;
  links: readonly DraftLink[];
  recipients: readonly string[];
  settings: Settings;
}

export interface MenuActions {
  override: (overrides: TrackingOverrides) => void;
  remember: (domain: string | null, options: TrackingOptions | null) => void;
  wrapUrlText: (on: boolean) => void;
  neverWrap: (domain: string, on: boolean) => void;
}

const MAX_DOMAINS = 4;

export function menuGroups(facts: MenuFacts, actions: MenuActions): MenuGroup[] {
  const items = isChoice(facts.decision) ? [...kindItems(facts, actions), ...linkItems(facts, actions), ...urlTextItems(facts, actions)] : [];
  return [
    { title: "Track in this mail", items, notes: isChoice(facts.decision) && tracksLinks(facts) ? leftAlone(facts.links) : [] },
    { title: "Do the same from now on", items: rememberItems(facts, actions) },
    { title: "Links from now on", items: tracksLinks(facts) ? siteItems(facts, actions) : [] },
  ];
}

/** A mail that cannot be tracked offers nothing to track. */
function isChoice(decision: Decision): boolean {
  return decision.tracked || ["off", "waiting", "no-links"].includes(decision.reason);
}

function kindItems({ overrides, options }: MenuFacts, { override: choose }: MenuActions): MenuItem[] {
  const opens = options.on && options.opens;
  const links = options.on && options.links;
  const put = (next: { opens: boolean; links: boolean }) => {
    choose({ ...overrides, ...next, on: next.opens || next.links });
  };
  return [
    { name: "opens", text: "Opens", checked: opens, run: () => { put({ opens: !opens, links }); } },
    { name: "links", text: "Links", checked: links, run: () => { put({ opens, links: !links }); } },
  ];
}

function tracksLinks({ options }: MenuFacts): boolean {
  return options.on && options.links;
}

function wrapsUrlText({ overrides, settings }: MenuFacts): boolean {
  return overrides.urlText ?? settings.urlText;
}

function linkItems(facts: MenuFacts, { override: choose }: MenuActions): MenuItem[] {
  const { overrides, links } = facts;
  if (!tracksLinks(facts)) return [];
  const wrapped = links.filter(({ decision }) => decision === "wrap" || (decision === "text-is-url" && wrapsUrlText(facts)));
  return wrapped.map(({ url, text }) => {
    const checked = !overrides.skip.includes(url);
    const others = overrides.skip.filter((one) => one !== url);
    return {
      name: `link ${url}`,
      ...(text && text !== url ? { text, detail: url } : { text: url }),
      checked,
      run: () => { choose({ ...overrides, skip: checked ? [...others, url] : others }); },
    };
  });
}

/** One click tracks all links whose text is an address, in this mail. */
function urlTextItems(facts: MenuFacts, { override }: MenuActions): MenuItem[] {
  const count = facts.links.filter(({ decision }) => decision === "text-is-url").length;
  if (!tracksLinks(facts) || count === 0) return [];
  const checked = wrapsUrlText(facts);
  return [{
    name: "url-text",
    text: count === 1 ? "1 link whose text is an address" : `${count} links whose text is an address`,
    detail: checked ? "Some mail programs warn readers about it" : "Left alone: some mail programs would warn readers",
    checked,
    run: () => { override({ ...facts.overrides, urlText: !checked }); },
  }];
}

const LEFT_ALONE: Partial<Record<LinkDecision, string>> = {
  unsubscribe: "to unsubscribe",
  card: "to a file, a meeting or a calendar",
  exempt: "marked as not to be tracked",
  "already-wrapped": "tracked already",
  "too-long": "too long to be wrapped",
  odd: "with a password or an unusual host in it",
};

/** How many links are left alone, for each reason. */
function leftAlone(links: readonly DraftLink[]): string[] {
  return Object.entries(LEFT_ALONE).flatMap(([reason, text]) => {
    const count = links.filter(({ decision }) => decision === reason).length;
    return count === 0 ? [] : [`${count === 1 ? "1 link" : `${count} links`} left alone: ${text}`];
  });
}

/** What is remembered about links. */
function siteItems({ links, settings }: MenuFacts, { wrapUrlText, neverWrap }: MenuActions): MenuItem[] {
  const always = {
    name: "always-url-text",
    text: "Always track addresses that are shown as text",
    checked: settings.urlText,
    run: () => { wrapUrlText(!settings.urlText); },
  };
  const shown = links.filter(({ decision }) => ["wrap", "text-is-url", "never"].includes(decision));
  const named = shown.map(({ url }) => domainOfTarget(url)).filter((domain) => readDomain(domain) === domain);
  const domains = [...new Set(named)].slice(0, MAX_DOMAINS);
  const never = domains.map((domain) => {
    // A listed parent domain is what a second click removes.
    const listed = settings.neverWrap.find((one) => isInDomain(domain, one));
    return {
      name: `never ${domain}`,
      text: `Never track clicks to ${listed ?? domain}`,
      checked: listed !== undefined,
      run: () => { neverWrap(listed ?? domain, listed === undefined); },
    };
  });
  return [...(links.some(({ decision }) => decision === "text-is-url") ? [always] : []), ...never];
}

function rememberItems({ options, recipients, settings }: MenuFacts, { remember }: MenuActions): MenuItem[] {
  const { tracking: on, opens, links, domains } = settings;
  const isUsual = isSame(options, { on, opens, links });
  const all = { name: "all", text: "In all new mail", checked: isUsual, run: () => { remember(null, options); } };
  const own = domainsOf(recipients).slice(0, MAX_DOMAINS).map((domain) => {
    const kept = Object.hasOwn(domains, domain) ? domains[domain] : undefined;
    const checked = kept !== undefined && isSame(options, kept);
    return {
      name: `domain ${domain}`,
      text: `In mail to ${domain}`,
      checked,
      run: () => { remember(domain, checked ? null : options); },
    };
  });
  return [all, ...own];
}

/** Two options that are off are the same. */
function isSame(a: TrackingOptions, b: TrackingOptions): boolean {
  return a.on === b.on && (!a.on || (a.opens === b.opens && a.links === b.links));
}
