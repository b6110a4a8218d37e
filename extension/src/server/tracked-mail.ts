/** Tracked mails as the server tells of them, and what Gmail's pages say of each. Pure. */

export interface TrackedMail {
  id: string;
  /** Gmail's own ids, where its answer to the send held them. */
  messageId: string | null;
  threadId: string | null;
  account: string | null;
  subject: string;
  people: string[];
  sentAt: string;
  opens: number;
  clicks: number;
  machines: number;
  firstOpenedAt: string | null;
  muted: boolean;
  /** Hits are kept no more. */
  stopped: boolean;
  /** Without one only its links can tell. */
  hasPixel: boolean;
}

/** One request for the pixel or a link, and what the server makes of it. */
export interface Line {
  number: number;
  kind: "open" | "click";
  time: string;
  byMachine: boolean;
  sentence: string;
  url: string | null;
}

export interface MailHistory {
  mail: TrackedMail;
  /** Newest first. */
  lines: Line[];
}

export type Progress = "sent" | "machines" | "opened" | "clicked";

export function progressOf({ opens, clicks, machines }: TrackedMail): Progress {
  if (clicks > 0) return "clicked";
  if (opens > 0) return "opened";
  return machines > 0 ? "machines" : "sent";
}

/** What stands for a conversation in a list: its newest mail that is tracked or has a history. */
export function newestOf(mails: readonly TrackedMail[]): TrackedMail | null {
  const worth = mails.filter((mail) => !mail.stopped || progressOf(mail) !== "sent");
  return worth.reduce<TrackedMail | null>(
    (best, mail) => (best === null || mail.sentAt > best.sentAt ? mail : best),
    null,
  );
}

/** One sentence, for eyes and for screen readers. */
export function describe(mail: TrackedMail): string {
  const progress = progressOf(mail);
  if (progress === "sent") return untouched(mail);
  if (progress === "machines")
    return mail.hasPixel ? "Only machines have fetched it so far, no person." : "Only machines have followed its links so far, no person.";
  const opened = mail.opens > 0 ? `Opened ${times(mail.opens)}` : "";
  const first = mail.firstOpenedAt && opened ? `, ${mail.opens > 1 ? "first " : ""}on ${moment(mail.firstOpenedAt)}` : "";
  if (progress === "opened") return `${opened}${first}.`;
  const followed = `link followed ${times(mail.clicks)}`;
  return opened ? `${opened}${first}, ${followed}.` : `L${followed.slice(1)}.`;
}

function untouched({ stopped, hasPixel }: TrackedMail): string {
  if (hasPixel) return stopped ? "Tracking was stopped before it was opened." : "Tracked, no open seen yet.";
  return stopped ? "Tracking was stopped before a link was followed." : "Links tracked; none followed yet.";
}

function times(count: number): string {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
}

/** In the reader's own time zone and manner. */
export function moment(time: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
}

/** Tolerant: what is not built as we know it is passed over. */
export function readMails(value: unknown): TrackedMail[] {
  const { messages } = (value ?? {}) as { messages?: unknown };
  return Array.isArray(messages) ? messages.flatMap((one: unknown) => readMail(one) ?? []) : [];
}

export function readHistory(value: unknown): MailHistory | null {
  const mail = readMail(value);
  if (!mail) return null;
  const { hits, links } = value as { hits?: unknown; links?: unknown };
  const targets = new Map((Array.isArray(links) ? (links as WireLink[]) : []).map(({ n, url }) => [n, url]));
  const lines = Array.isArray(hits) ? hits.flatMap((hit: unknown) => readLine(hit, targets) ?? []) : [];
  return { mail, lines: lines.sort((a, b) => b.number - a.number) };
}

interface WireLink {
  n: number;
  url: string;
}

interface WireMail {
  id: string;
  subject: string;
  recipients: { address?: string; name?: string | null }[];
  sent_at: string;
  level: string;
  pixel: boolean;
  gmail_message_id: string | null;
  gmail_thread_id: string | null;
  gmail_account: string | null;
  opens: number;
  clicks: number;
  machines: number;
  first_opened_at: string | null;
  muted: boolean;
}

function readMail(value: unknown): TrackedMail | null {
  const wire = (value ?? {}) as Partial<WireMail>;
  if (typeof wire.id !== "string" || typeof wire.sent_at !== "string") return null;
  return {
    id: wire.id,
    messageId: wire.gmail_message_id ?? null,
    threadId: wire.gmail_thread_id ?? null,
    account: wire.gmail_account ?? null,
    subject: wire.subject ?? "",
    people: (wire.recipients ?? []).map(({ name, address }) => name ?? address ?? ""),
    sentAt: wire.sent_at,
    opens: wire.opens ?? 0,
    clicks: wire.clicks ?? 0,
    machines: wire.machines ?? 0,
    firstOpenedAt: wire.first_opened_at ?? null,
    muted: wire.muted === true,
    stopped: wire.level === "off",
    hasPixel: wire.pixel !== false,
  };
}

interface WireHit {
  number: number;
  kind: string;
  time: string;
  link: number | null;
  verdict: { actor?: string; sentence?: string } | null;
}

function readLine(value: unknown, targets: ReadonlyMap<number, string>): Line | null {
  const { number, kind, time, link, verdict } = (value ?? {}) as Partial<WireHit>;
  if (typeof number !== "number" || typeof time !== "string") return null;
  if (kind !== "open" && kind !== "click") return null;
  return {
    number,
    kind,
    time,
    byMachine: verdict?.actor === "machine",
    sentence: verdict?.sentence ?? "Not judged yet",
    url: typeof link === "number" ? (targets.get(link) ?? null) : null,
  };
}
