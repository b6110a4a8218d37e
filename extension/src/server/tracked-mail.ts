/** Tracked mails as the server's API describes them. Pure. */

/** Whether it was opened, as far as its hits can tell. `tests/contract/open-states.json` is the contract for both programs. */
export const OPEN_STATES = ["opened", "clicked", "unknowable", "unclear", "automated", "not-tracked", "not-opened", "not-sent"] as const;
export type OpenState = (typeof OPEN_STATES)[number];

export interface TrackedMail {
  id: string;
  /** The host's ids, if its reply to the send contained them. */
  messageId: string | null;
  threadId: string | null;
  draftId: string | null;
  account: string | null;
  subject: string;
  people: string[];
  sentAt: string;
  opens: number;
  clicks: number;
  machines: number;
  state: OpenState;
  firstOpenedAt: string | null;
  muted: boolean;
  /** Requests are no longer recorded. */
  stopped: boolean;
  /** Without a pixel only the links are tracked. */
  hasPixel: boolean;
}

/** One request for the pixel or a link, with the server's verdict. */
export interface HistoryEntry {
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
  entries: HistoryEntry[];
}

/** Skips entries with an unknown form. */
export function readMails(value: unknown): TrackedMail[] {
  const { messages } = (value ?? {}) as { messages?: unknown };
  return Array.isArray(messages) ? messages.flatMap((one: unknown) => readMail(one) ?? []) : [];
}

export function readHistory(value: unknown): MailHistory | null {
  const mail = readMail(value);
  if (!mail) return null;
  const { hits, links } = value as { hits?: unknown; links?: unknown };
  const targets = new Map((Array.isArray(links) ? (links as LinkJson[]) : []).map(({ n, url }) => [n, url]));
  const entries = Array.isArray(hits) ? hits.flatMap((hit: unknown) => readEntry(hit, targets) ?? []) : [];
  return { mail, entries: entries.sort((a, b) => b.number - a.number) };
}

interface LinkJson {
  n: number;
  url: string;
}

interface MailJson {
  id: string;
  subject: string;
  recipients: { address?: string; name?: string | null }[];
  sent_at: string;
  level: string;
  pixel: boolean;
  draft_id: string | null;
  gmail_message_id: string | null;
  gmail_thread_id: string | null;
  gmail_account: string | null;
  opens: number;
  clicks: number;
  machines: number;
  state: string;
  first_opened_at: string | null;
  muted: boolean;
}

function readMail(value: unknown): TrackedMail | null {
  const json = (value ?? {}) as Partial<MailJson>;
  if (typeof json.id !== "string" || typeof json.sent_at !== "string") return null;
  return {
    id: json.id,
    messageId: json.gmail_message_id ?? null,
    threadId: json.gmail_thread_id ?? null,
    draftId: json.draft_id ?? null,
    account: json.gmail_account ?? null,
    subject: json.subject ?? "",
    people: (json.recipients ?? []).map(({ name, address }) => name ?? address ?? ""),
    sentAt: json.sent_at,
    opens: json.opens ?? 0,
    clicks: json.clicks ?? 0,
    machines: json.machines ?? 0,
    state: readState(json),
    firstOpenedAt: json.first_opened_at ?? null,
    muted: json.muted === true,
    stopped: json.level === "off",
    hasPixel: json.pixel !== false,
  };
}

/** An older server sends counts only, and a later one may know more states. */
function readState({ state, opens = 0, clicks = 0, machines = 0 }: Partial<MailJson>): OpenState {
  const known = OPEN_STATES.find((one) => one === state);
  if (known) return known;
  if (opens > 0) return "opened";
  if (clicks > 0) return "clicked";
  return machines > 0 ? "automated" : "not-opened";
}

interface HitJson {
  number: number;
  kind: string;
  time: string;
  link: number | null;
  verdict: { actor?: string; sentence?: string } | null;
}

function readEntry(value: unknown, targets: ReadonlyMap<number, string>): HistoryEntry | null {
  const { number, kind, time, link, verdict } = (value ?? {}) as Partial<HitJson>;
  if (typeof number !== "number" || typeof time !== "string") return null;
  if (kind !== "open" && kind !== "click") return null;
  return {
    number,
    kind,
    time,
    byMachine: verdict?.actor === "machine",
    sentence: verdict?.sentence ?? "Not classified yet",
    url: typeof link === "number" ? (targets.get(link) ?? null) : null,
  };
}
