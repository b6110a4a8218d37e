/** What the menu of a compose window offers, from what is chosen and known. Pure. */
import { domainsOf, type Choice, type What } from "../shared/tracking-options";
import type { DraftLink } from "../hosts/gmail/compose/draft-links";
import type { MenuGroup, MenuItem } from "./ui/menu";
import type { Settings } from "../shared/settings";

export interface MenuFacts {
  choice: Choice;
  /** What comes of it. */
  what: What;
  links: readonly DraftLink[];
  recipients: readonly string[];
  settings: Settings;
}

export interface MenuActions {
  choose: (choice: Choice) => void;
  remember: (domain: string | null, what: What | null) => void;
}

const MOST_DOMAINS = 4;

export function menuGroups(facts: MenuFacts, actions: MenuActions): MenuGroup[] {
  return [
    { title: "Track in this mail", items: [...kindItems(facts, actions), ...linkItems(facts, actions)] },
    { title: "Do the same from now on", items: rememberItems(facts, actions) },
  ];
}

function kindItems({ choice, what }: MenuFacts, { choose }: MenuActions): MenuItem[] {
  const opens = what.on && what.opens;
  const links = what.on && what.links;
  const put = (next: { opens: boolean; links: boolean }) => {
    choose({ ...choice, ...next, on: next.opens || next.links });
  };
  return [
    { name: "opens", text: "Opens", checked: opens, run: () => { put({ opens: !opens, links }); } },
    { name: "links", text: "Links", checked: links, run: () => { put({ opens, links: !links }); } },
  ];
}

function linkItems({ choice, what, links }: MenuFacts, { choose }: MenuActions): MenuItem[] {
  if (!what.on || !what.links) return [];
  return links.map(({ url, text }) => {
    const checked = !choice.skip.includes(url);
    const others = choice.skip.filter((one) => one !== url);
    return {
      name: `link ${url}`,
      ...(text && text !== url ? { text, detail: url } : { text: url }),
      checked,
      run: () => { choose({ ...choice, skip: checked ? [...others, url] : others }); },
    };
  });
}

function rememberItems({ what, recipients, settings }: MenuFacts, { remember }: MenuActions): MenuItem[] {
  const { tracking: on, opens, links, domains } = settings;
  const isUsual = isSame(what, { on, opens, links });
  const all = { name: "all", text: "In all new mail", checked: isUsual, run: () => { remember(null, what); } };
  const own = domainsOf(recipients).slice(0, MOST_DOMAINS).map((domain) => {
    const kept = Object.hasOwn(domains, domain) ? domains[domain] : undefined;
    const checked = kept !== undefined && isSame(what, kept);
    return {
      name: `domain ${domain}`,
      text: `In mail to ${domain}`,
      checked,
      run: () => { remember(domain, checked ? null : what); },
    };
  });
  return [all, ...own];
}

/** Of what is off it does not matter how it would be on. */
function isSame(a: What, b: What): boolean {
  return a.on === b.on && (!a.on || (a.opens === b.opens && a.links === b.links));
}
