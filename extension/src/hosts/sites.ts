/** The mail hosts that the extension supports. */
import { gmailSite } from "./gmail/site";
import type { HostSite } from "./host";

export const SITES: readonly HostSite[] = [gmailSite];

/** As the user reads them in a sentence. */
export const SITE_NAMES = SITES.map(({ name }) => name).join(" or ");

export function isDraftId(value: unknown): value is string {
  return typeof value === "string" && SITES.some((site) => site.isDraftId(value));
}

export function isThreadId(value: unknown): value is string {
  return typeof value === "string" && SITES.some((site) => site.isThreadId(value));
}

export function isHostUrl(url: string): boolean {
  return SITES.some(({ pageUrl }) => url.startsWith(pageUrl));
}
