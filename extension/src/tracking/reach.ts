/** Tells who can reach a public address. The server has the same rules: `tests/contract/reach.json`. Pure. */

export type Reach = "everyone" | "this-network" | "this-computer";

/** Names that no public name server knows. */
const LOCAL_NAME = /(?:^|\.)(?:local|lan|internal|intranet|home|home\.arpa|localdomain|corp)$/;
const LOOPBACK_NAME = /(?:^|\.)localhost$/;

/**
 * The ranges of the IANA special-purpose registries that are "not globally reachable", and multicast. The server's
 * `security/addresses.py` has the same.
 */
const SPECIAL = [
  "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
  "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
  "240.0.0.0/4", "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32",
  "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
].map(prefixOf);
/** Parts of those ranges that are reachable all the same. */
const PUBLIC = [
  "192.0.0.9/32", "192.0.0.10/32", "2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:3::/32", "2001:4:112::/48",
  "2001:20::/28", "2001:30::/28",
].map(prefixOf);
const LOOPBACK = ["0.0.0.0/32", "127.0.0.0/8", "::/128", "::1/128"].map(prefixOf);

/** `base` is a public address with a normalised host. */
export function reachOf(base: string): Reach {
  const host = new URL(base).hostname.replace(/\.$/, "");
  if (host.startsWith("[")) return reachOfAddress(bitsOf(host.slice(1, -1)));
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return reachOfAddress(bitsOf(host));
  if (LOOPBACK_NAME.test(host)) return "this-computer";
  return !host.includes(".") || LOCAL_NAME.test(host) ? "this-network" : "everyone";
}

function reachOfAddress(bits: string): Reach {
  const isIn = (prefixes: readonly string[]) => prefixes.some((prefix) => bits.startsWith(prefix));
  if (isIn(LOOPBACK)) return "this-computer";
  return isIn(SPECIAL) && !isIn(PUBLIC) ? "this-network" : "everyone";
}

function prefixOf(range: string): string {
  const [address = "", length = ""] = range.split("/");
  return bitsOf(address).slice(0, bitsOf(address).length - sizeOf(address) + Number(length));
}

function sizeOf(address: string): number {
  return address.includes(":") ? 128 : 32;
}

/** An IPv4 address is written as the IPv6 address ::ffff:a.b.c.d, which means the same. */
function bitsOf(address: string): string {
  if (!address.includes(":")) return "0".repeat(80) + "1".repeat(16) + address.split(".").map((byte) => binary(Number(byte), 8)).join("");
  const [head = [], tail = []] = address.split("::").map((side) => (side === "" ? [] : side.split(":")));
  const zeros = Array<string>(8 - head.length - tail.length).fill("0");
  return [...head, ...zeros, ...tail].map((word) => binary(parseInt(word, 16), 16)).join("");
}

function binary(number: number, width: number): string {
  return number.toString(2).padStart(width, "0");
}
