/** What of a mail is tracked: the user's choice for this mail, over what is usual for its recipients. Pure. */

export interface What {
  on: boolean;
  opens: boolean;
  links: boolean;
}

/** Of one mail; null where nothing was chosen. */
export interface Choice {
  on: boolean | null;
  opens: boolean | null;
  links: boolean | null;
  /** Addresses of links that stay as they are. */
  skip: string[];
}

export const NO_CHOICE: Choice = { on: null, opens: null, links: null, skip: [] };

export interface Usual {
  tracking: boolean;
  opens: boolean;
  links: boolean;
  /** By the recipient's domain, in lower case. */
  domains: Readonly<Record<string, What>>;
}

/** All recipients get the same text: of several wishes the most private one holds. */
export function usualFor(recipients: readonly string[], usual: Usual): What {
  const wishes = recipients.map((address) => wishFor(domainOf(address), usual));
  if (wishes.length === 0) return wishFor("", usual);
  return {
    on: wishes.every(({ on }) => on),
    opens: wishes.every(({ opens }) => opens),
    links: wishes.every(({ links }) => links),
  };
}

function wishFor(domain: string, { tracking, opens, links, domains }: Usual): What {
  const own = Object.hasOwn(domains, domain) ? domains[domain] : undefined;
  return own ?? { on: tracking, opens, links };
}

export function chosen(choice: Choice, recipients: readonly string[], usual: Usual): What {
  const what = usualFor(recipients, usual);
  const opens = choice.opens ?? what.opens;
  const links = choice.links ?? what.links;
  return { on: (choice.on ?? what.on) && (opens || links), opens, links };
}

/** Switched on with nothing to track it would stay off: then it means all. */
export function switched(choice: Choice, on: boolean, now: What): Choice {
  const all = on && !now.opens && !now.links ? { opens: true, links: true } : {};
  return { ...choice, ...all, on };
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

/** Each once, in the order of the recipients. */
export function domainsOf(recipients: readonly string[]): string[] {
  return [...new Set(recipients.map(domainOf))].filter(Boolean);
}
