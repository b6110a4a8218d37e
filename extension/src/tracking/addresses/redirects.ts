/** Addresses that scanners and mail programs put around a link. */

interface Redirector {
  host: RegExp;
  path: RegExp;
  /** The parameters that may contain the link. */
  parameters: readonly string[];
}

const REDIRECTORS: readonly Redirector[] = [
  { host: /\.safelinks\.protection\.outlook\.(?:com|us|cn|de)$/, path: /^\//, parameters: ["url"] },
  { host: /^(?:www\.)?google\.(?:com?\.)?[a-z]{2,3}$/, path: /^\/url$/, parameters: ["q", "url"] },
  { host: /^linkprotect\.cudasvc\.com$/, path: /^\/url$/, parameters: ["a"] },
];

/** Proofpoint puts the address between two pairs of underscores. */
const URL_DEFENSE = /^https:\/\/urldefense\.(?:com|us|proofpoint\.com)\/v3\/__(.+?)__;/i;

/** The link inside the link of a redirector; null for any other address. */
export function unwrapRedirect(url: string): string | null {
  const inner = URL_DEFENSE.exec(url)?.[1] ?? parameterOf(url);
  return inner !== null && inner.length < url.length && /^https?:\/\//i.test(inner) ? inner : null;
}

function parameterOf(url: string): string | null {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
  const { hostname, pathname, searchParams } = new URL(url);
  const redirector = REDIRECTORS.find(({ host, path }) => host.test(hostname) && path.test(pathname));
  return redirector?.parameters.map((name) => searchParams.get(name)).find((value) => value !== null) ?? null;
}
