/** The content of the menu in a compose window. Pure. */
import { domainsOf, type TrackingOverrides, type TrackingOptions } from "../../shared/tracking-options";
import type { Decision } from "../../tracking/decision";
import type { DraftLink } from "../../hosts/host";
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
}

const MAX_DOMAINS = 4;

export function menuGroups(facts: MenuFacts, actions: MenuActions): MenuGroup[] {
  const items = isChoice(facts.decision) ? [...kindItems(facts, actions), ...linkItems(facts, actions)] : [];
  return [
    { title: "Track in this mail", items },
    { title: "Do the same from now on", items: rememberItems(facts, actions) },
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

function linkItems({ overrides, options, links }: MenuFacts, { override: choose }: MenuActions): MenuItem[] {
  if (!options.on || !options.links) return [];
  return links.map(({ url, text }) => {
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
