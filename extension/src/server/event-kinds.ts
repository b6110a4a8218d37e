/** The kinds of events that the server announces. `tests/contract/kinds.json` is the contract for all programs. */

export interface EventKind {
  /** Names the kind in the list of the popup. */
  title: string;
  /**
   * The title of an alert, with {who} (whom the mail was sent to), {subject} and {sentence}. It names no reader, as
   * nothing proves that the person who got a mail is the one who opened it.
   */
  popUp: string;
  /** One of them, and several of them, in a summary. */
  count: readonly [string, string];
  /** Not shown when a machine or the sender caused it. */
  readersOnly?: boolean;
  /** The alert says that it happened again. */
  repeats?: boolean;
  /** Its alert does not replace the one of an open of the same mail. */
  ownPopUp?: boolean;
}

export const EVENT_KINDS: Readonly<Record<string, EventKind>> = {
  opened: {
    title: "Opened",
    popUp: "Your mail to {who}, '{subject}', was opened",
    count: ["open", "opens"],
    readersOnly: true,
    repeats: true,
  },
  clicked: {
    title: "Link followed",
    popUp: "A link in your mail to {who}, '{subject}', was followed",
    count: ["link followed", "links followed"],
    readersOnly: true,
    repeats: true,
  },
  corrected: { title: "Corrected", popUp: "{sentence}", count: ["correction", "corrections"] },
  hot: { title: "Opened again and again", popUp: "'{subject}' is hot", count: ["hot mail", "hot mails"], readersOnly: true },
  revived: {
    title: "Opened again after a long time",
    popUp: "'{subject}' is revived",
    count: ["revived mail", "revived mails"],
    readersOnly: true,
  },
  reminder: {
    title: "Not opened",
    popUp: "No open recorded for your mail to {who}, '{subject}'",
    count: ["mail not opened", "mails not opened"],
    readersOnly: true,
    ownPopUp: true,
  },
  digest: {
    title: "Daily summary",
    popUp: "What happened since the last digest",
    count: ["digest", "digests"],
    readersOnly: true,
    ownPopUp: true,
  },
};

/** A kind of a later server is shown by its own sentence. */
export const UNKNOWN_KIND: EventKind = { title: "", popUp: "{sentence}", count: ["other event", "other events"], ownPopUp: true };

export function kindOf(name: string): EventKind {
  return (Object.hasOwn(EVENT_KINDS, name) ? EVENT_KINDS[name] : null) ?? UNKNOWN_KIND;
}

/** Null for a kind of a later server. */
export function eventTitle(kind: string): string | null {
  return kindOf(kind).title || null;
}
