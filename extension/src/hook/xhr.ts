/** XMLHttpRequest, the way Gmail sends today. */
import type { Wire } from "../messaging/page-channel";
import { hold } from "./pending-request";

interface Opened {
  method: string;
  url: string;
  async: boolean;
}

/* eslint-disable @typescript-eslint/unbound-method -- the originals are called with the page's own `this` */

export function patchXhr(prototype: XMLHttpRequest, wireOf: () => Wire | null): void {
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
    if (held.has(this)) throw new DOMException("The request is on its way.", "InvalidStateError");
    const request = opened.get(this);
    const wire = request?.async ? wireOf() : null;
    const waits = wire && request ? hold(wire, request.method, request.url, args[0]) : null;
    if (!waits) {
      Reflect.apply(send, this, args);
      return;
    }
    const turn = {};
    held.set(this, turn);
    this.addEventListener("load", () => { waits.answered(textOf(this)); }, { once: true });
    void waits.text.then((text) => {
      // Aborted or opened anew meanwhile: this mail is not to leave.
      if (held.get(this) !== turn) return;
      held.delete(this);
      Reflect.apply(send, this, [text]);
    });
  };

  prototype.abort = function (this: XMLHttpRequest) {
    const waited = held.delete(this);
    Reflect.apply(abort, this, []);
    // The browser is silent about a request it has not seen yet.
    if (waited)
      for (const type of ["abort", "loadend"]) this.dispatchEvent(new ProgressEvent(type));
  };
}

function textOf(request: XMLHttpRequest): string {
  const type = request.responseType;
  if (type === "" || type === "text") return request.responseText;
  return type === "json" ? JSON.stringify(request.response) : "";
}
