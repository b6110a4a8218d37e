/** fetch, in case Gmail sends that way: the same rules as for XMLHttpRequest. */
import { isSyncUrl } from "../hosts/gmail/protocol/sync-request";
import type { Wire } from "../messaging/page-channel";
import { hold, type Held } from "./pending-request";

type Fetch = typeof fetch;

export function patchFetch(place: { fetch: Fetch }, wireOf: () => Wire | null): void {
  const original = place.fetch;
  place.fetch = function (this: unknown, ...args: Parameters<Fetch>) {
    const pass = () => call(original, this, ...args);
    const wire = wireOf();
    if (!wire) return pass();
    const [input, init] = args;
    if (!(input instanceof Request)) {
      const held = hold(wire, init?.method ?? "GET", String(input), init?.body);
      return held ? release(held, (body) => call(original, this, input, { ...init, body })) : pass();
    }
    if (input.method !== "POST" || !isSyncUrl(input.url, location.href)) return pass();
    return holdRequest(wire, input, init, pass, (request) => call(original, this, request));
  };
}

function call(original: Fetch, self: unknown, ...args: Parameters<Fetch>): Promise<Response> {
  return Reflect.apply<unknown, Parameters<Fetch>, Promise<Response>>(original, self, args);
}

async function holdRequest(
  wire: Wire,
  input: Request,
  init: RequestInit | undefined,
  pass: () => Promise<Response>,
  send: (request: Request) => Promise<Response>,
): Promise<Response> {
  const text = await new Request(input.clone(), init).text().catch(() => null);
  const held = hold(wire, "POST", input.url, text);
  return held ? release(held, (body) => send(new Request(input, { ...init, body }))) : pass();
}

async function release(
  held: Held,
  send: (body: string) => Promise<Response>,
): Promise<Response> {
  const response = await send(await held.text);
  void response.clone().text().then(held.answered, () => null);
  return response;
}
