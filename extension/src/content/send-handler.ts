/** Answers the hook with the edited mails of a request, or with the reason why a mail is not tracked. */
import { decide, untracked, type Decision, type Untracked } from "../tracking/decision";
import type { HostPage, SentIds } from "../hosts/host";
import { instrument, strip, type TrackingId } from "../tracking/body/instrument";
import { linkRulesFor } from "../tracking/body/links";
import type { OutgoingMail } from "../shared/outgoing-mail";
import type { TrackingOptions, TrackingOverrides } from "../shared/tracking-options";
import type { SendReport } from "../messaging/messages";
import { readerLineFor } from "../shared/settings";
import { withTestPicture } from "../tracking/self-test";
import { registrationFor } from "../tracking/registration";
import type { SendRequest, PageChannel } from "../messaging/page-channel";
import type { Drafts } from "./drafts";
import type { Shown } from "./compose/shown-switches";
import { askBackground } from "./background-client";

export interface HandledMail {
  mail: OutgoingMail;
  parts: (string | null)[];
  shown: Decision | null;
  outcome: Decision;
  report: SendReport | null;
}

interface SendContext {
  host: HostPage;
  drafts: Drafts;
  /** What the switch of this mail showed last. */
  shown: (draftId: string) => Shown | null;
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
  const shown = context.shown(mail.draftId);
  const decision = shown?.decision ?? null;
  try {
    return { mail, shown: decision, ...(await trackMail(mail, shown, context)) };
  } catch {
    return { mail, shown: decision, parts: mail.parts.map(() => null), outcome: untracked("failed"), report: null };
  }
}

type Handled = Pick<HandledMail, "parts" | "outcome" | "report">;

async function trackMail(mail: OutgoingMail, shown: Shown | null, context: SendContext): Promise<Handled> {
  const { drafts } = context;
  const trackingId = await drafts.trackingIdOf(mail.draftId);
  const { own, base, settings, signedIn } = drafts.state;
  const overrides = drafts.isChosen(mail.draftId) || !shown ? drafts.overrides(mail.draftId) : shown.overrides;
  const decision = decide(
    {
      signedIn,
      base,
      overrides,
      plainText: mail.parts.length > 0 && !mail.isHtml,
      confidential: mail.confidential || shown?.confidential === true,
      subject: mail.subject,
      recipients: mail.recipients.map(({ address }) => address),
      links: null,
      id: trackingId ? "ready" : drafts.idState(mail.draftId),
    },
    settings,
  );
  if (decision.tracked && mail.parts.length === 0) return { parts: [], outcome: untracked("no-text"), report: null };
  if (!decision.tracked && decision.reason === "self-test") return testMail(mail, base);
  const outcome = decision.tracked && trackingId ? await trackWith(mail, { ...trackingId, base }, decision.options, overrides, context) : decision;
  if ("parts" in outcome) return outcome;
  // The background did not answer: nothing could be saved.
  const final = !outcome.tracked && outcome.reason === "waiting" ? untracked("not-kept") : outcome;
  const parts = await strip(mail.parts, own, mail.isHtml);
  return { parts, outcome: final, report: null };
}

function testMail(mail: OutgoingMail, base: string): Handled {
  const parts = withTestPicture(mail.subject, mail.parts, base);
  if (parts === null) return { parts: mail.parts.map(() => null), outcome: untracked("no-place"), report: null };
  return { parts, outcome: untracked("self-test"), report: null };
}

async function trackWith(
  mail: OutgoingMail,
  trackingId: TrackingId,
  options: TrackingOptions,
  overrides: TrackingOverrides,
  { host, drafts }: SendContext,
): Promise<Handled | Decision> {
  const { own, settings } = drafts.state;
  const rules = options.links
    ? linkRulesFor(host.markup, settings, overrides, trackingId.base)
    : null;
  const line = readerLineFor(settings, mail.recipients.map(({ address }) => address));
  const instrumented = await instrument(mail.parts, trackingId, own, { pixel: options.opens, links: rules, hidden: settings.hiddenLink, line });
  if (!instrumented) return untracked("no-place");
  if (!options.opens && instrumented.links.length === 0) return untracked("no-links");
  const registration = registrationFor(mail, instrumented.links, { level: settings.level, pixel: options.opens }, Date.now());
  const report = { draftId: mail.draftId, id: trackingId.id, registration };
  // Saved before the mail is sent, so that neither the end of the browser nor a full disk loses it.
  const [kept, parts] = await Promise.all([askBackground("keep", report), instrumented.parts.catch(() => null)]);
  if (kept !== "kept") return untracked(WHY_NOT_KEPT[kept ?? "failed"]);
  if (parts === null) {
    void askBackground("withdraw", report);
    return untracked("failed");
  }
  return { parts, outcome: { tracked: true, options }, report };
}

const WHY_NOT_KEPT: Record<"failed" | "too-large", Untracked> = { failed: "not-kept", "too-large": "too-large" };

/** The registration with the ids that the host's lists show for the mail. */
export function withSentIds(report: SendReport, { messageId, threadId }: SentIds): SendReport {
  const ids = { gmail_message_id: messageId, gmail_thread_id: threadId };
  return { ...report, registration: { ...report.registration, ...ids } };
}

/** Null for anything that the hook does not send. */
export function parseSendRequest(value: unknown): SendRequest | null {
  const { key, mails } = (value ?? {}) as Partial<SendRequest>;
  if (typeof key !== "string" || !Array.isArray(mails)) return null;
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
