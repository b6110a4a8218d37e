/** The only way to the server. */

/** The server answered, and said no. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Seconds; from Retry-After. */
    readonly retryAfter: number | null,
  ) {
    super(message);
  }

  /** Asking again later can help. */
  get isTemporary(): boolean {
    return this.status >= 500 || this.status === 408 || this.status === 429;
  }
}

/** There was no answer, or none of a Sealbreak server. */
export class Unreachable extends Error {}

export interface Endpoint {
  address: string;
  token: string | null;
}

const TIMEOUT_MS = 10_000;
export const NOT_SEALBREAK = "That address answers, but not as a Sealbreak server does.";

/** The JSON that the server answers, null where it answers nothing. Throws Refused or Unreachable. */
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

/** A proxy before a server that is away says no too, and in its own words: that is no answer of ours. */
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

/** The address in its plain form, or null: https, or http on this machine. */
export function readAddress(text: string): string | null {
  const given = text.trim().replace(/\/+$/, "");
  const bare = /^(?:localhost|127\.0\.0\.1)(?:[:/]|$)/.test(given);
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `${bare ? "http" : "https"}://${given}`;
  if (!URL.canParse(full)) return null;
  const { protocol, hostname, origin, pathname, username } = new URL(full);
  const safe = protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname));
  return safe && hostname && !username ? origin + pathname.replace(/\/+$/, "") : null;
}

/** The match pattern of an address; patterns know no ports. */
export function originPattern(address: string): string {
  const { protocol, hostname } = new URL(address);
  return `${protocol}//${hostname}/*`;
}
