/** Domains as users type them. */

/** In lower-case ASCII and without a final dot; null when the text is no domain. An IP address is none. */
export function readDomain(text: string): string | null {
  const name = text.trim().replace(/^@/, "").replace(/\.$/, "");
  if (!/^[^\s@/?#:[\]\\%]+$/.test(name) || !URL.canParse(`https://${name}/`)) return null;
  const { hostname } = new URL(`https://${name}/`);
  return /^(?:[a-z0-9_-]+\.)*[a-z0-9_-]*[a-z_-][a-z0-9_-]*$/.test(hostname) ? hostname : null;
}

/** The domain itself or one of its subdomains; both in lower-case ASCII. */
export function isInDomain(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
