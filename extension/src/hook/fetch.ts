/** Holds sends that use fetch, by the same rules as for XMLHttpRequest. */
import type { PendingRequest } from "./pending-request";
import type { RequestGate } from "./request-gate";

type Fetch = typeof fetch;

export function patchFetch(target: { fetch: Fetch }, gate: RequestGate): void {
  const original = target.fetch;
  target.fetch = function (this: unknown, ...args: Parameters<Fetch>) {
    const [input, init] = args;
    const pass = () => readAnswer(gate, input instanceof Request ? input.url : String(input), call(original, this, ...args));
    if (!gate.isOpen) return pass();
    if (!(input instanceof Request)) {
      const pending = gate.hold(init?.method ?? "GET", String(input), init?.body);
      return pending ? complete(pending, (body) => call(original, this, input, { ...init, body })) : pass();
    }
    if (!gate.mayHold(input.method, input.url)) return pass();
    return holdRequestObject(gate, input, init, pass, (request) => call(original, this, request));
  };
}

function call(original: Fetch, self: unknown, ...args: Parameters<Fetch>): Promise<Response> {
  return Reflect.apply<unknown, Parameters<Fetch>, Promise<Response>>(original, self, args);
}

/** The page gets the same promise. */
function readAnswer(gate: RequestGate, url: string, answer: Promise<Response>): Promise<Response> {
  const read = gate.readerOf(url);
  if (read) void answer.then((response) => response.clone().text()).then(read, () => null);
  return answer;
}

async function holdRequestObject(
  gate: RequestGate,
  input: Request,
  init: RequestInit | undefined,
  pass: () => Promise<Response>,
  send: (request: Request) => Promise<Response>,
): Promise<Response> {
  const text = await new Request(input.clone(), init).text().catch(() => null);
  const pending = gate.hold("POST", input.url, text);
  return pending ? complete(pending, (body) => send(new Request(input, { ...init, body }))) : pass();
}

async function complete(
  pending: PendingRequest,
  send: (body: string) => Promise<Response>,
): Promise<Response> {
  try {
    const response = await send(await pending.text);
    if (response.ok) void response.clone().text().then(pending.onReply, () => null);
    else pending.onReply(null);
    return response;
  } catch (error) {
    pending.onReply(null);
    throw error;
  }
}
