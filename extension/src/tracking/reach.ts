/** Who can reach a server's public address. Pure. */

export type Reach = "everyone" | "this-network" | "this-computer";

/** Names that no public name server knows. */
const LOCAL_NAME = /(?:^|\.)(?:local|lan|internal|intranet|home|home\.arpa|localdomain|corp)$/;
const LOOPBACK_NAME = /(?:^|\.)localhost$/;

/** `base` is a public address with a normalised host. */
export function reachOf(base: string): Reach {
  const host = new URL(base).hostname.replace(/\.$/, "");
  if (host.startsWith("[")) return reachOfIpv6(host.slice(1, -1));
  const bytes = /^\d+\.\d+\.\d+\.\d+$/.test(host) ? host.split(".").map(Number) : null;
  if (bytes) return reachOfIpv4(bytes);
  if (LOOPBACK_NAME.test(host)) return "this-computer";
  return !host.includes(".") || LOCAL_NAME.test(host) ? "this-network" : "everyone";
}

/** Private, shared and link-local ranges (RFC 1918, RFC 6598, RFC 3927). */
function reachOfIpv4([a = 0, b = 0]: number[]): Reach {
  if (a === 127 || a === 0) return "this-computer";
  const isPrivate =
    a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128) || (a === 169 && b === 254);
  return isPrivate ? "this-network" : "everyone";
}

/** Unique local and link-local ranges (RFC 4193, RFC 4291), and IPv4 addresses in IPv6 form. */
function reachOfIpv6(host: string): Reach {
  if (host === "::1" || host === "::") return "this-computer";
  const mapped = /^::ffff:([0-9a-f]{1,4}):[0-9a-f]{1,4}$/.exec(host);
  if (mapped?.[1] !== undefined) {
    const word = parseInt(mapped[1], 16);
    return reachOfIpv4([word >> 8, word & 0xff]);
  }
  return /^(?:f[cd]|fe[89ab])/.test(host) && /^[0-9a-f]{4}:/.test(host) ? "this-network" : "everyone";
}
