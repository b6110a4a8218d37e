/**
 * The channel between the hook (in the page's world) and the content script. It consists of events with strings,
 * since nothing else passes between the worlds in both browsers. The event names contain a secret, which
 * the hook hands to the content script before the first script of the page runs. Therefore no script of the page and
 * no other extension can ask for a signature, answer in place of the content script, or listen. The page can still
 * do what it always can: send a mail.
 */
import type { SentIds } from "../hosts/host";
import type { OutgoingMail } from "../shared/outgoing-mail";
import { pack, unpack } from "./packing";

/** The content script asks the hook for the secret. */
const JOIN = "sealbreak:join";
/** Carries the hook's secret; cancelled by the content script that accepted it. */
const OFFER = "sealbreak:offer";

export interface SendRequest {
  key: string;
  mails: OutgoingMail[];
}

export interface SendEdits {
  key: string;
  /** For each mail the new HTML of its parts; null leaves a part as it is. */
  edits: (string | null)[][];
}

export interface SentReply {
  sent: SentIds[];
}

/**
 * `unreadable`: a mail with an unknown layout was sent. `opaque`: a request in which nothing can be read. `late`: the
 * answer came too late, so these mails were sent as they were written. `undone`: the user took these mails back.
 * `failed`: the host did not accept these mails.
 */
export type HookReport =
  | { kind: "unreadable" | "opaque"; shape: string }
  | { kind: "late"; mails: { draftId: string; subject: string }[] }
  | { kind: "undone" | "failed"; draftIds: string[] };

interface ChannelMessages {
  /** Cancelled by a running content script, which will answer. */
  ask: SendRequest;
  /** Cancelled by the hook if it still waits: the answer is used. */
  answer: SendEdits;
  reply: SentReply;
  report: HookReport;
}

/* eslint-disable @typescript-eslint/unbound-method -- called with apply alone */

/** Saved before the page can replace them: code of the page that handles an event would learn its name. */
const { apply } = Reflect;
const { addEventListener, removeEventListener, dispatchEvent } = EventTarget.prototype;
const { preventDefault } = Event.prototype;
const detailOf = Object.getOwnPropertyDescriptor(CustomEvent.prototype, "detail")?.get;
const OurEvent = CustomEvent;

/** `cancel` tells the other side that the event was received. */
type Listener = (payload: unknown, cancel: () => void) => void;

export class PageChannel {
  constructor(private readonly secret: string) {}

  /** True when a listener cancelled the event. */
  send<K extends keyof ChannelMessages>(name: K, detail: ChannelMessages[K]): boolean {
    return dispatch(`sealbreak:${this.secret}:${name}`, detail);
  }

  /** Returns a function that stops listening. */
  on(name: keyof ChannelMessages, listener: Listener): () => void {
    return listen(`sealbreak:${this.secret}:${name}`, listener);
  }
}

/** Called by the hook. `onTaken` is called when exactly one content script has the secret. */
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

/** Called by the content script. It accepts the first offer, which is made before the page has any script. */
export function acceptChannel(onAccepted: (channel: PageChannel) => void): void {
  const stop = listen(OFFER, (secret, cancel) => {
    if (typeof secret !== "string") return;
    stop();
    cancel();
    onAccepted(new PageChannel(secret));
  });
  dispatch(JOIN, null);
}

function dispatch(name: string, detail: unknown): boolean {
  const event = new OurEvent(name, { cancelable: true, detail: pack(detail) });
  return !apply(dispatchEvent, document, [event]);
}

function listen(name: string, listener: Listener): () => void {
  const onEvent = (event: Event) => {
    listener(parseDetail(event), () => { apply(preventDefault, event, []); });
  };
  apply(addEventListener, document, [name, onEvent]);
  return () => { apply(removeEventListener, document, [name, onEvent]); };
}

/** The content of the event; null when the channel did not send it. */
function parseDetail(event: Event): unknown {
  const text: unknown = detailOf && apply(detailOf, event, []);
  if (typeof text !== "string") return null;
  try {
    return unpack(text);
  } catch {
    return null;
  }
}
