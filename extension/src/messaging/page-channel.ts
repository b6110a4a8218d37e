/**
 * What hook (in the page's world) and bridge (in ours) say to each other: events with JSON strings, since nothing
 * else passes between the worlds in both browsers. Their names hold a secret, which the hook hands to the bridge
 * before the first script of the page runs: so no script of the page, and no other extension, can ask for a
 * signature, answer for the bridge, or listen. What is left to the page is what it can do anyway: send a mail.
 */
import type { SentIds } from "../hosts/host";
import type { OutgoingMail } from "../shared/outgoing-mail";

/** The bridge asks the hook for the secret. */
const JOIN = "sealbreak:join";
/** The hook's secret; cancelled by the bridge that took it. */
const OFFER = "sealbreak:offer";

export interface SendRequest {
  key: string;
  mails: OutgoingMail[];
}

export interface SendEdits {
  key: string;
  /** For each mail the new HTML of its parts, null where nothing changes. */
  edits: (string | null)[][];
}

export interface SentReply {
  sent: SentIds[];
}

export interface HookReport {
  kind: "unreadable" | "late";
}

interface ChannelMessages {
  /** Cancelled by a bridge that lives and will answer. */
  ask: SendRequest;
  /** Cancelled by the hook that still waits: what was answered goes out. */
  answer: SendEdits;
  reply: SentReply;
  report: HookReport;
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
type Listener = (onEvent: unknown, cancel: () => void) => void;

export class PageChannel {
  constructor(private readonly secret: string) {}

  /** True when a listener cancelled the event: somebody is there. */
  send<K extends keyof ChannelMessages>(name: K, parseDetail: ChannelMessages[K]): boolean {
    return dispatch(`sealbreak:${this.secret}:${name}`, parseDetail);
  }

  /** Ends with the function that it returns. */
  on(name: keyof ChannelMessages, listener: Listener): () => void {
    return listen(`sealbreak:${this.secret}:${name}`, listener);
  }
}

/** Of the hook: `taken` is called when a bridge, and only one, has the secret. */
export function offerChannel(onTaken: (channel: PageChannel) => void): void {
  const secret = crypto.randomUUID();
  let isGiven = false;
  const offer = () => {
    if (isGiven) return;
    isGiven = dispatch(OFFER, secret);
    if (!isGiven) return;
    stop();
    onTaken(new PageChannel(secret));
  };
  const stop = listen(JOIN, offer);
  offer();
}

/** Of the bridge: the first offer counts, which is made before the page has any script. */
export function acceptChannel(onAccepted: (channel: PageChannel) => void): void {
  const stop = listen(OFFER, (secret, cancel) => {
    if (typeof secret !== "string") return;
    stop();
    cancel();
    onAccepted(new PageChannel(secret));
  });
  dispatch(JOIN, null);
}

function dispatch(name: string, parseDetail: unknown): boolean {
  const event = new OurEvent(name, { cancelable: true, detail: stringify(parseDetail) });
  return !apply(dispatchEvent, document, [event]);
}

function listen(name: string, listener: Listener): () => void {
  const onEvent = (event: Event) => {
    listener(parseDetail(event), () => { apply(preventDefault, event, []); });
  };
  apply(addEventListener, document, [name, onEvent]);
  return () => { apply(removeEventListener, document, [name, onEvent]); };
}

/** What the event holds, null when it is no JSON. */
function parseDetail(event: Event): unknown {
  const text: unknown = detailOf && apply(detailOf, event, []);
  if (typeof text !== "string") return null;
  try {
    return parse(text) as unknown;
  } catch {
    return null;
  }
}
