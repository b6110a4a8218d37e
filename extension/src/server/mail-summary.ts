/** The status of a tracked mail, for lists and in sentences. Pure. */
import type { OpenState, TrackedMail } from "./tracked-mail";

export type Progress = "sent" | "machines" | "doubtful" | "opened" | "clicked";

const PROGRESS: Record<OpenState, Progress> = {
  opened: "opened",
  clicked: "clicked",
  unknowable: "doubtful",
  unclear: "doubtful",
  automated: "machines",
  "not-tracked": "sent",
  "not-opened": "sent",
  "not-sent": "sent",
};

/** A followed link says more than an open. */
export function progressOf({ clicks, state }: TrackedMail): Progress {
  return clicks > 0 && state === "opened" ? "clicked" : PROGRESS[state];
}

/** Represents a conversation in a list: its newest mail that is tracked or has a history. */
export function newestOf(mails: readonly TrackedMail[]): TrackedMail | null {
  const worth = mails.filter((mail) => mail.state !== "not-sent" && (!mail.stopped || progressOf(mail) !== "sent"));
  return worth.reduce<TrackedMail | null>(
    (best, mail) => (best === null || mail.sentAt > best.sentAt ? mail : best),
    null,
  );
}

/** One sentence, for display and for screen readers. */
export function describe(mail: TrackedMail): string {
  const progress = progressOf(mail);
  if (progress === "sent") return describeUntouched(mail);
  if (mail.state === "unknowable") return "Loaded by Apple’s proxy: it cannot be known whether it was read.";
  if (mail.state === "unclear") return "Perhaps opened: something loaded it that may not have been a reader.";
  if (progress === "machines")
    return mail.hasPixel ? "Only automated requests so far, none by a person." : "Only automated requests for its links so far, none by a person.";
  const opened = mail.opens > 0 ? `Opened ${formatCount(mail.opens)}` : "";
  const first = mail.firstOpenedAt && opened ? `, ${mail.opens > 1 ? "first " : ""}on ${formatTime(mail.firstOpenedAt)}` : "";
  if (progress === "opened") return `${opened}${first}.`;
  const followed = `link followed ${formatCount(mail.clicks)}`;
  return opened ? `${opened}${first}, ${followed}.` : `L${followed.slice(1)}.`;
}

function describeUntouched({ stopped, hasPixel, state }: TrackedMail): string {
  if (state === "not-sent") return "Not sent.";
  if (hasPixel) return stopped ? "Tracking was stopped before it was opened." : "Tracked, no open seen yet.";
  return stopped ? "Tracking was stopped before a link was followed." : "Links tracked; none followed yet.";
}

function formatCount(count: number): string {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
}

/** Making one takes as long as formatting a hundred times. */
let formatter: Intl.DateTimeFormat | null = null;

/** In the reader's time zone and locale. */
export function formatTime(time: string): string {
  formatter ??= new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  return formatter.format(new Date(time));
}
