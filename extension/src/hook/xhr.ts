/** Holds sends that use XMLHttpRequest. */
import type { RequestGate } from "./request-gate";

interface Opened {
  method: string;
  url: string;
  async: boolean;
}

/* eslint-disable @typescript-eslint/unbound-method -- the originals are called with the page's own `this` */

export function patchXhr(prototype: XMLHttpRequest, gate: RequestGate): void {
  const { open, send, abort } = prototype;
  const opened = new WeakMap<XMLHttpRequest, Opened>();
  const held = new WeakMap<XMLHttpRequest, object>();

  prototype.open = function (this: XMLHttpRequest, ...args: unknown[]) {
    const [method, url, async = true] = args;
    opened.set(this, { method: String(method), url: String(url), async: Boolean(async) });
    held.delete(this);
    Reflect.apply(open, this, args);
  };

  prototype.send = function (this: XMLHttpRequest, ...args: unknown[]) {
    if (held.has(this)) throw new DOMException("The request is already being sent.", "InvalidStateError");
    const request = opened.get(this);
    const pending = request?.async ? gate.hold(request.method, request.url, args[0]) : null;
    if (!pending) {
      const read = request && gate.readerOf(request.url);
      if (read) onEnd(this, (reply) => { if (reply !== null) read(reply); });
      Reflect.apply(send, this, args);
      return;
    }
    const turn = {};
    held.set(this, turn);
    void pending.text.then((text) => {
      // Aborted or opened again in the meantime: this mail must not be sent.
      if (held.get(this) !== turn) {
        pending.onReply(null);
        return;
      }
      held.delete(this);
      onEnd(this, pending.onReply);
      Reflect.apply(send, this, [text]);
    });
  };

  prototype.abort = function (this: XMLHttpRequest) {
    const wasHeld = held.delete(this);
    Reflect.apply(abort, this, []);
    // The browser fires no events for a request that it has not seen yet.
    if (wasHeld)
      for (const type of ["abort", "loadend"]) this.dispatchEvent(new ProgressEvent(type));
  };
}

/** Null when the host did not accept the request. */
function onEnd(request: XMLHttpRequest, run: (reply: string | null) => void): void {
  request.addEventListener("loadend", () => { run(isAccepted(request) ? textOf(request) : null); }, { once: true });
}

function isAccepted({ status }: XMLHttpRequest): boolean {
  return status >= 200 && status < 300;
}

function textOf(request: XMLHttpRequest): string {
  const type = request.responseType;
  if (type === "" || type === "text") return request.responseText;
  return type === "json" ? JSON.stringify(request.response) : "";
}
