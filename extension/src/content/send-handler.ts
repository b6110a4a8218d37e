/** Answers the hook: the mails of a request, tracked or with the reason why not. */
import { chosen } from "../shared/tracking-options";
import { whyUntracked, type Untracked } from "../tracking/policy";
import type { SentIds } from "../hosts/gmail/protocol/sync-reply";
import { sealMail, unsealMail } from "../tracking/instrument";
import type { OutgoingMail } from "../shared/outgoing-mail";
import type { SendReport } from "../messaging/messages";
import { register } from "../tracking/registration";
import type { Ask, Wire } from "../messaging/page-channel";
import type { Drafts } from "./drafts";
import { askWorker } from "./background-client";

export interface Treated {
  mail: OutgoingMail;
  parts: (string | null)[];
  reason: Untracked | null;
  report: SendReport | null;
}

/** What was edited, and whether the hook still took it. */
export async function answer(
  wire: Wire,
  { key, mails }: Ask,
  drafts: Drafts,
  confidential: ReadonlySet<string>,
): Promise<{ taken: boolean; treated: Treated[] }> {
  await drafts.ready();
  const treated = await Promise.all(
    mails.map((mail) => treat(mail, drafts, confidential.has(mail.draftId))),
  );
  const edits = treated.map(({ parts }) => parts);
  return { taken: wire.tell("answer", { key, edits }), treated };
}

async function treat(mail: OutgoingMail, drafts: Drafts, confidential: boolean): Promise<Treated> {
  try {
    return await track(mail, drafts, confidential);
  } catch {
    return { mail, parts: mail.parts.map(() => null), reason: "failed", report: null };
  }
}

async function track(mail: OutgoingMail, drafts: Drafts, confidential: boolean): Promise<Treated> {
  const seal = await drafts.sealOf(mail.draftId);
  const { own, settings, signedIn } = drafts.state;
  const left = (reason: Untracked): Treated => ({
    mail,
    parts: mail.isHtml ? unsealMail(mail.parts, own) : mail.parts.map(() => null),
    reason,
    report: null,
  });
  const facts = {
    signedIn,
    choice: drafts.choice(mail.draftId),
    plainText: !mail.isHtml,
    confidential,
    recipients: mail.recipients.map(({ address }) => address),
  };
  const reason = whyUntracked(facts, settings);
  if (reason) return left(reason);
  if (!seal) return left(drafts.lacksSeal(mail.draftId) ? "no-ids" : "not-kept");
  const what = chosen(facts.choice, facts.recipients, settings);
  const rules = what.links ? { wrapUrlText: settings.urlText, skip: facts.choice.skip } : null;
  const sealed = await sealMail(mail.parts, seal, own, { pixel: what.opens, links: rules, hidden: settings.hiddenLink });
  if (!sealed) return left("no-place");
  if (!what.opens && sealed.links.length === 0) return left("no-links");
  const registration = register(mail, sealed.links, { level: settings.level, pixel: what.opens }, Date.now());
  const report = { draftId: mail.draftId, id: seal.id, registration };
  // Before the mail leaves: then neither the end of the browser nor a full disk comes between.
  if (!(await askWorker("keep", report))) return left("not-kept");
  return { mail, parts: sealed.parts, reason: null, report };
}

/** The registration again, with the ids that Gmail's lists show for the mail. */
export function withSentIds(report: SendReport, { messageId, threadId }: SentIds): SendReport {
  const ids = { gmail_message_id: messageId, gmail_thread_id: threadId };
  return { ...report, registration: { ...report.registration, ...ids } };
}

const MOST_MAILS = 50;

/** Null for anything that our hook would not say. */
export function readAsk(value: unknown): Ask | null {
  const { key, mails } = (value ?? {}) as Partial<Ask>;
  if (typeof key !== "string" || !Array.isArray(mails) || mails.length > MOST_MAILS) return null;
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
