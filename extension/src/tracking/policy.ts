/** Decides whether a mail is tracked, and gives the reason when it is not. */
import { effectiveOptions, type TrackingOverrides } from "../shared/tracking-options";
import { isOnList } from "../shared/do-not-track";
import type { Settings } from "../shared/settings";

export type Untracked =
  | "off"
  | "signed-out"
  | "no-ids"
  | "plain-text"
  | "confidential"
  | "do-not-track"
  | "no-place"
  | "no-links"
  | "not-kept"
  | "failed";

export interface MailFacts {
  signedIn: boolean;
  overrides: TrackingOverrides;
  plainText: boolean;
  confidential: boolean;
  recipients: readonly string[];
}

export function whyUntracked(facts: MailFacts, settings: Settings): Untracked | null {
  if (!facts.signedIn) return "signed-out";
  if (facts.plainText) return "plain-text";
  if (facts.confidential) return "confidential";
  if (facts.recipients.some((address) => isOnList(address, settings.doNotTrack)))
    return "do-not-track";
  return effectiveOptions(facts.overrides, facts.recipients, settings).on ? null : "off";
}
