/** Mail addresses: when two of them mean the same person. `tests/contract/people.json` is the contract with the server. */
import { readDomain } from "./domains";

const GMAIL = ["gmail.com", "googlemail.com"];

/**
 * The same for all addresses of a person that a mail provider treats alike: letter case, what follows a plus sign,
 * dots at Gmail, and a domain in Unicode or in ASCII.
 */
export function personOf(address: string): string {
  const { local, domain } = split(address);
  if (local === null) return domain;
  const name = local.replace(/(?<=.)\+.*$/s, "");
  return GMAIL.includes(domain) ? `${name.replaceAll(".", "")}@gmail.com` : `${name}@${domain}`;
}

/** In lower-case ASCII. */
export function domainOfAddress(address: string): string {
  return split(address).domain;
}

function split(address: string): { local: string | null; domain: string } {
  const text = address.trim().toLowerCase().normalize("NFC");
  const at = text.lastIndexOf("@");
  const domain = text.slice(at + 1).replace(/\.$/, "");
  const ascii = /^[!-~]*$/.test(domain) ? domain : (readDomain(domain) ?? domain);
  return { local: at === -1 ? null : text.slice(0, at), domain: ascii };
}
