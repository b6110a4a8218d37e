/**
 * What hook (in the page's world) and bridge (in ours) say to each other: events with JSON strings, since nothing
 * else passes between the worlds in both browsers. Their names hold a secret, which the hook hands to the bridge
 * before the first script of the page runs: so no script of the page, and no other extension, can ask for a
 * signature, answer for the bridge, or listen. What is left to the page is what it can do anyway: send a mail.
 */
import type { SentIds } from "../hosts/gmail/protocol/sync-reply";
import type { OutgoingMail } from "../shared/outgoing-mail";

/** The bridge asks the hook for the secret. */
const JOIN = "sealbreak:join";
/** The hook's secret; cancelled by the bridge that took it. */
const OFFER = "sealbreak:offer";

export interface Ask {
  key: string;
  mails: OutgoingMail[];
}

export interface Answer {
  key: string;
  /** For each mail the new HTML of its parts, null where nothing changes. */
  edits: (string | null)[][];
}

export interface Reply {
  sent: SentIds[];
}

export interface Report {
  kind: "unreadable" | "late";
}

interface Says {
  /** Cancelled by a bridge that lives and will answer. */
  ask: Ask;
  /** Cancelled by the hook that still waits: what was answered goes out. */
  answer: Answer;
  reply: Reply;
  report: Report;
}

/* eslint-disable @typescript-eslint/unbound-method -- called with apply alone */

/** Taken before the page can put anything in their place: an event that reaches its code tells it the name. */
const { apply } = Reflect;
const { parse, stringify } = JSON;
const { addEventListener, removeEventListener, dispatchEvent } = EventTarget.prototype;
const { preventDefault } = Event.prototype;
const detailOf = Object.getOwnPropertyDescriptor(CustomEvent.prototype, "detail")?.get;
const OurEvent = CustomEvent;

/** `cancel` tells the other side that somebody is there. */
type Listener = (heard: unknown, cancel: () => void) => void;

export class Wire {
  constructor(private readonly secret: string) {}

  /** True when a listener cancelled the event: somebody is there. */
  tell<K extends keyof Says>(name: K, detail: Says[K]): boolean {
    return tell(`sealbreak:${this.secret}:${name}`, detail);
  }

  /** Ends with the function that it returns. */
  on(name: keyof Says, listener: Listener): () => void {
    return listen(`sealbreak:${this.secret}:${name}`, listener);
  }
}

/** Of the hook: `taken` is called when a bridge, and only one, has the secret. */
export function offerWire(taken: (wire: Wire) => void): void {
  const secret = crypto.randomUUID();
  let given = false;
  const offer = () => {
    if (given) return;
    given = tell(OFFER, secret);
    if (!given) return;
    stop();
    taken(new Wire(secret));
  };
  const stop = listen(JOIN, offer);
  offer();
}

/** Of the bridge: the first offer counts, which is made before the page has any script. */
export function joinWire(joined: (wire: Wire) => void): void {
  const stop = listen(OFFER, (secret, cancel) => {
    if (typeof secret !== "string") return;
    stop();
    cancel();
    joined(new Wire(secret));
  });
  tell(JOIN, null);
}

function tell(name: string, detail: unknown): boolean {
  const event = new OurEvent(name, { cancelable: true, detail: stringify(detail) });
  return !apply(dispatchEvent, document, [event]);
}

function listen(name: string, listener: Listener): () => void {
  const heard = (event: Event) => {
    listener(detail(event), () => { apply(preventDefault, event, []); });
  };
  apply(addEventListener, document, [name, heard]);
  return () => { apply(removeEventListener, document, [name, heard]); };
}

/** What the event holds, null when it is no JSON. */
function detail(event: Event): unknown {
  const text: unknown = detailOf && apply(detailOf, event, []);
  if (typeof text !== "string") return null;
  try {
    return parse(text) as unknown;
  } catch {
    return null;
  }
}
