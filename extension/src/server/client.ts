/** The HTTP client for the server's API. */

/** The server answered with an error. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** In seconds, from the Retry-After header. */
    readonly retryAfter: number | null,
  ) {
    super(message);
  }

  /** True when a later attempt may succeed. */
  get isTemporary(): boolean {
    return this.status >= 500 || this.status === 408 || this.status === 429;
  }
}

/** The server did not answer, or the answer is not from a Sealbreak server. */
export class Unreachable extends Error {}

export interface Endpoint {
  address: string;
  token: string | null;
}

const TIMEOUT_MS = 10_000;
export const NOT_SEALBREAK = "The server at this address is not a Sealbreak server.";

/** Returns the JSON of the answer, or null when it has no content. Throws Refused or Unreachable. */
export async function call(
  endpoint: Endpoint,
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await request(endpoint, method, path, body);
  if (!response.ok) throw await readRefusal(response);
  if (response.status === 204) return null;
  try {
    return (await response.json()) as unknown;
  } catch {
    throw new Unreachable(NOT_SEALBREAK);
  }
}

async function request(endpoint: Endpoint, method: string, path: string, body: unknown) {
  const headers: Record<string, string> = {};
  if (endpoint.token !== null) headers.authorization = `Bearer ${endpoint.token}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  try {
    return await fetch(`${endpoint.address}/api/v1/${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      credentials: "omit",
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new Unreachable("The server does not answer. Is it running, and is the address right?");
  }
}

/** A proxy in front of an unavailable server answers with errors of its own, which are not the server's answer. */
async function readRefusal(response: Response): Promise<Refused | Unreachable> {
  const problem = (await response.json().catch(() => null)) as {
    title?: unknown;
    detail?: unknown;
  } | null;
  const says = [problem?.detail, problem?.title].find((text) => typeof text === "string");
  const wait = Number(response.headers.get("retry-after"));
  const refused = new Refused(
    response.status,
    says ?? `The server answered ${response.status}.`,
    wait > 0 ? wait : null,
  );
  const isOurs = response.headers.get("content-type")?.startsWith("application/problem+json") === true;
  return isOurs || refused.isTemporary ? refused : new Unreachable(NOT_SEALBREAK);
}

const LOOPBACK = /^(?:localhost|127\.0\.0\.1)$/;

/** The address in normalised form, or null. Accepts https, and http on this machine. */
export function readAddress(text: string): string | null {
  const given = text.trim().replace(/\/+$/, "");
  const bare = /^(?:localhost|127\.0\.0\.1)(?:[:/]|$)/.test(given);
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `${bare ? "http" : "https"}://${given}`;
  if (!URL.canParse(full)) return null;
  const { protocol, hostname, origin, pathname, username } = new URL(full);
  const safe = protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname));
  return safe && hostname && !username ? origin + pathname.replace(/\/+$/, "") : null;
}

/** Match patterns have no port. */
export function originPattern(address: string): string {
  const { protocol, hostname } = new URL(address);
  return `${protocol}//${hostname}/*`;
}
