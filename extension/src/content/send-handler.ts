/** Answers the hook with the edited mails of a request, or with the reason why a mail is not tracked. */
import { effectiveOptions } from "../shared/tracking-options";
import { whyUntracked, type Untracked } from "../tracking/policy";
import type { HostPage, SentIds } from "../hosts/host";
import { instrument, strip } from "../tracking/instrument";
import { linkRulesFor } from "../tracking/links";
import type { OutgoingMail } from "../shared/outgoing-mail";
import type { SendReport } from "../messaging/messages";
import { registrationFor } from "../tracking/registration";
import type { SendRequest, PageChannel } from "../messaging/page-channel";
import type { Drafts } from "./drafts";
import { askBackground } from "./background-client";

export interface HandledMail {
  mail: OutgoingMail;
  parts: (string | null)[];
  reason: Untracked | null;
  report: SendReport | null;
}

interface SendContext {
  host: HostPage;
  drafts: Drafts;
  /** The ids of drafts in confidential mode. */
  confidential: ReadonlySet<string>;
}

/** `isTaken` is true when the hook was still waiting and took the edits. */
export async function handleSend(
  channel: PageChannel,
  { key, mails }: SendRequest,
  context: SendContext,
): Promise<{ isTaken: boolean; handled: HandledMail[] }> {
  await context.drafts.ready();
  const handled = await Promise.all(mails.map((mail) => handleMail(mail, context)));
  const edits = handled.map(({ parts }) => parts);
  return { isTaken: channel.send("answer", { key, edits }), handled };
}

async function handleMail(mail: OutgoingMail, context: SendContext): Promise<HandledMail> {
  try {
    return await trackMail(mail, context);
  } catch {
    return { mail, parts: mail.parts.map(() => null), reason: "failed", report: null };
  }
}

async function trackMail(mail: OutgoingMail, { host, drafts, confidential }: SendContext): Promise<HandledMail> {
  const trackingId = await drafts.trackingIdOf(mail.draftId);
  const { own, settings, signedIn } = drafts.state;
  const untracked = async (reason: Untracked): Promise<HandledMail> => ({
    mail,
    parts: await strip(mail.parts, own, mail.isHtml),
    reason,
    report: null,
  });
  const facts = {
    signedIn,
    overrides: drafts.overrides(mail.draftId),
    plainText: !mail.isHtml,
    confidential: confidential.has(mail.draftId),
    recipients: mail.recipients.map(({ address }) => address),
  };
  const reason = whyUntracked(facts, settings);
  if (reason) return await untracked(reason);
  if (!trackingId) return untracked(drafts.lacksTrackingId(mail.draftId) ? "no-ids" : "not-kept");
  const options = effectiveOptions(facts.overrides, facts.recipients, settings);
  const rules = options.links
    ? linkRulesFor(host.markup, settings, facts.overrides, trackingId.base)
    : null;
  const instrumented = await instrument(mail.parts, trackingId, own, { pixel: options.opens, links: rules, hidden: settings.hiddenLink });
  if (!instrumented) return untracked("no-place");
  if (!options.opens && instrumented.links.length === 0) return untracked("no-links");
  const registration = registrationFor(mail, instrumented.links, { level: settings.level, pixel: options.opens }, Date.now());
  const report = { draftId: mail.draftId, id: trackingId.id, registration };
  // Saved before the mail is sent, so that neither the end of the browser nor a full disk loses it.
  if (!(await askBackground("keep", report))) return untracked("not-kept");
  return { mail, parts: instrumented.parts, reason: null, report };
}

/** The registration with the ids that the host's lists show for the mail. */
export function withSentIds(report: SendReport, { messageId, threadId }: SentIds): SendReport {
  const ids = { gmail_message_id: messageId, gmail_thread_id: threadId };
  return { ...report, registration: { ...report.registration, ...ids } };
}

const MAX_MAILS = 50;

/** Null for anything that the hook does not send. */
export function parseSendRequest(value: unknown): SendRequest | null {
  const { key, mails } = (value ?? {}) as Partial<SendRequest>;
  if (typeof key !== "string" || !Array.isArray(mails) || mails.length > MAX_MAILS) return null;
  return mails.every(isMail) ? { key, mails } : null;
}

function isMail(value: unknown): value is OutgoingMail {
  const { draftId, parts, recipients } = (value ?? {}) as Partial<OutgoingMail>;
  return (
    typeof draftId === "string" &&
    Array.isArray(parts) &&
    parts.every(({ type, html }) => typeof type === "number" && typeof html === "string") &&
    Array.isArray(recipients) &&
    recipients.every(({ address }) => typeof address === "string")
  );
}
