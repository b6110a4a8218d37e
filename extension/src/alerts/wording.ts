/** What an alert says about an event. `tests/contract/alerts.json` is the contract with the tray app. Pure. */
import { EVENT_KINDS, UNKNOWN_KIND, kindOf, type EventKind } from "../server/event-kinds";
import type { AlertEvent } from "./alert-event";
import { isolate, lengthOf, plural, sanitise } from "./text";

const MAX_TITLE = 120;
const MAX_SUBJECT = 60;
const MAX_SENTENCE = 200;
/** Characters that `isolate` adds at most. */
const ISOLATED = 2;
const MAX_SUBJECTS = 3;
const MAX_SENTENCES = 2;
const NO_SENTENCE = "An event that this version of Sealbreak does not know";
const NO_CORRECTION = "An earlier alert was wrong";

export interface Words {
  title: string;
  body: string;
}

/** `isRepeat`: there was an event like it before. */
export function wordsFor(event: AlertEvent, isRepeat: boolean): Words {
  const kind = kindOf(event.kind);
  const title = titleFor(event, kind, isRepeat && kind.repeats === true);
  if (kind.popUp !== "{sentence}") return { title, body: sentenceOf(event, MAX_SENTENCE) };
  return { title, body: event.message ? `About '${subjectOf(event, MAX_SUBJECT)}' to ${recipientsOf(event)}` : "" };
}

function titleFor(event: AlertEvent, { popUp }: EventKind, isAgain: boolean): string {
  const values = { who: whoOf(event), sentence: sentenceOf(event, MAX_SENTENCE) };
  const around = fill(popUp, { ...values, subject: "" }) + (isAgain ? " again" : "");
  const room = Math.min(MAX_SUBJECT, MAX_TITLE - lengthOf(around) - ISOLATED);
  return fill(popUp, { ...values, subject: subjectOf(event, Math.max(1, room)) }) + (isAgain ? " again" : "");
}

function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}

/** Whom the copy was sent to. That is not who read it: nothing proves that. */
function whoOf({ recipients, copy }: AlertEvent): string {
  const own = recipients.filter((one) => copy > 0 && one.copy === copy);
  const people = own.length > 0 ? own : recipients;
  if (people.length > 1) return `${people.length} people`;
  const [one] = people;
  const name = one ? sanitise(one.name || one.address, 28) : "";
  return name ? isolate(name) : "someone";
}

function subjectOf({ subject }: AlertEvent, limit: number): string {
  return isolate(sanitise(subject, limit)) || "(no subject)";
}

function sentenceOf({ kind, sentence }: AlertEvent, limit: number): string {
  const missing = kind === "corrected" ? NO_CORRECTION : kindOf(kind) === UNKNOWN_KIND ? NO_SENTENCE : "";
  return sanitise(sentence || missing, limit);
}

function recipientsOf({ recipients }: AlertEvent): string {
  const names = recipients.map(({ name, address }) => sanitise(name || address, 40));
  const [first = "nobody", ...others] = names;
  if (others.length > 2) return `${first} and ${others.length} others`;
  const last = others.pop();
  return last === undefined ? first : `${[first, ...others].join(", ")} and ${last}`;
}

/** One alert that stands for several events. */
export function summaryOf(events: readonly AlertEvent[], when: string): Words {
  const kinds = [...SUMMARY_ORDER.map((name) => EVENT_KINDS[name]), UNKNOWN_KIND];
  const counts = kinds.flatMap((kind) => {
    const count = events.filter((event) => kindOf(event.kind) === kind).length;
    return kind && count > 0 ? [plural(count, kind.count)] : [];
  });
  const lines = [subjectsLine(events), ...unknownSentences(events)].filter(Boolean);
  return { title: `${when}: ${counts.join(", ")}`, body: lines.join("\n") };
}

/** Corrections come last. */
const SUMMARY_ORDER = [...Object.keys(EVENT_KINDS).filter((name) => name !== "corrected"), "corrected"];

function subjectsLine(events: readonly AlertEvent[]): string {
  const subjects = [...new Set(events.filter(({ message }) => message).map((event) => subjectOf(event, 40)))];
  if (subjects.length === 0) return "";
  const more = subjects.length - MAX_SUBJECTS;
  const listed = subjects.slice(0, MAX_SUBJECTS).map((one) => `'${one}'`);
  return `In ${listed.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function unknownSentences(events: readonly AlertEvent[]): string[] {
  const unknown = events.filter(({ kind }) => kindOf(kind) === UNKNOWN_KIND);
  return [...new Set(unknown.map((event) => sentenceOf(event, 80)))].slice(0, MAX_SENTENCES);
}
