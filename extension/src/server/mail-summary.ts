/** The status of a tracked mail, for lists and in sentences. Pure. */
import type { TrackedMail } from "./tracked-mail";

export type Progress = "sent" | "machines" | "opened" | "clicked";

export function progressOf({ opens, clicks, machines }: TrackedMail): Progress {
  if (clicks > 0) return "clicked";
  if (opens > 0) return "opened";
  return machines > 0 ? "machines" : "sent";
}

/** Represents a conversation in a list: its newest mail that is tracked or has a history. */
export function newestOf(mails: readonly TrackedMail[]): TrackedMail | null {
  const worth = mails.filter((mail) => !mail.stopped || progressOf(mail) !== "sent");
  return worth.reduce<TrackedMail | null>(
    (best, mail) => (best === null || mail.sentAt > best.sentAt ? mail : best),
    null,
  );
}

/** One sentence, for display and for screen readers. */
export function describe(mail: TrackedMail): string {
  const progress = progressOf(mail);
  if (progress === "sent") return describeUntouched(mail);
  if (progress === "machines")
    return mail.hasPixel ? "Only automated requests so far, none by a person." : "Only automated requests for its links so far, none by a person.";
  const opened = mail.opens > 0 ? `Opened ${formatCount(mail.opens)}` : "";
  const first = mail.firstOpenedAt && opened ? `, ${mail.opens > 1 ? "first " : ""}on ${formatTime(mail.firstOpenedAt)}` : "";
  if (progress === "opened") return `${opened}${first}.`;
  const followed = `link followed ${formatCount(mail.clicks)}`;
  return opened ? `${opened}${first}, ${followed}.` : `L${followed.slice(1)}.`;
}

function describeUntouched({ stopped, hasPixel }: TrackedMail): string {
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
