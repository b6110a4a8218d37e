/** What the server is told about a tracked mail. Nothing else of the mail leaves the browser. */
import type { Link } from "./body/plan";
import type { OutgoingMail, RecipientKind } from "../shared/outgoing-mail";
import type { Settings } from "../shared/settings";

export interface Registration {
  subject: string;
  recipients: { address: string; name: string | null; kind: RecipientKind; copy: number }[];
  links: { n: number; url: string; hidden: boolean }[];
  sent_at: string;
  scheduled_for: string | null;
  level: Settings["level"];
  pixel: boolean;
  draft_id: string;
  thread_id: string | null;
  gmail_message_id: string | null;
  gmail_thread_id: string | null;
  gmail_account: string | null;
}

const MAX_SUBJECT_LENGTH = 998;
/** The server's maximum for one message. */
export const MAX_RECIPIENTS = 500;
const MAX_ADDRESS_LENGTH = 320;
const MAX_NAME_LENGTH = 200;
/** A nearer time is the time of the send itself. */
const SCHEDULED_AHEAD_MS = 30_000;

export function registrationFor(
  mail: OutgoingMail,
  links: readonly Link[],
  { level, pixel }: Pick<Registration, "level" | "pixel">,
  now: number,
): Registration {
  const later = mail.scheduled && mail.time > now + SCHEDULED_AHEAD_MS;
  return {
    subject: cut(mail.subject, MAX_SUBJECT_LENGTH),
    recipients: mail.recipients.slice(0, MAX_RECIPIENTS).map(({ address, name, kind }) => ({
      address: cut(address, MAX_ADDRESS_LENGTH),
      name: name && cut(name, MAX_NAME_LENGTH),
      kind,
      copy: 0,
    })),
    links: links.map(({ n, url, hidden = false }) => ({ n, url, hidden })),
    sent_at: new Date(now).toISOString(),
    scheduled_for: later ? new Date(mail.time).toISOString() : null,
    level,
    pixel,
    draft_id: mail.draftId,
    thread_id: mail.threadId,
    gmail_message_id: null,
    gmail_thread_id: null,
    gmail_account: mail.from,
  };
}

/** Cuts to the server's limit without leaving half a character at the end. */
function cut(text: string, longest: number): string {
  return text.slice(0, longest).toWellFormed();
}
