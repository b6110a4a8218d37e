/** Decides what happens to a mail. The switch, the menu and the send ask the same function. Pure. */
import { effectiveOptions, type TrackingOptions, type TrackingOverrides } from "../shared/tracking-options";
import { isSelfTest } from "./self-test";
import { reachOf } from "./reach";
import { isOnList } from "../shared/do-not-track";
import type { Settings } from "../shared/settings";

/** Known before the mail is sent, except that `waiting` is said of drafts only. */
type KnownBefore =
  | "off"
  | "signed-out"
  | "this-computer"
  | "this-network"
  | "no-ids"
  | "not-kept"
  | "plain-text"
  | "confidential"
  | "self-test"
  | "do-not-track"
  | "no-links"
  | "waiting";

/** Known only when the mail is sent. */
type KnownAtSend = "no-text" | "no-place" | "too-large" | "failed" | "late" | "outdated";

export type Untracked = KnownBefore | KnownAtSend;

/** `waiting`: the host has not saved the draft yet, or its ID has not arrived yet. */
export type IdState = "ready" | "waiting" | "no-ids" | "not-kept";

export interface MailFacts {
  signedIn: boolean;
  /** The server's public address, which the mail would contain. */
  base: string;
  overrides: TrackingOverrides;
  plainText: boolean;
  confidential: boolean;
  subject: string;
  recipients: readonly string[];
  /** The number of links that can be tracked; null when it is not counted. */
  links: number | null;
  id: IdState;
}

export type Decision = { tracked: true; options: TrackingOptions } | { tracked: false; reason: Untracked };

export function decide(facts: MailFacts, settings: Settings): Decision {
  const options = effectiveOptions(facts.overrides, facts.recipients, settings);
  const reason = whyUntracked(facts, options, settings);
  return reason === null ? { tracked: true, options } : untracked(reason);
}

export function untracked(reason: Untracked): Decision {
  return { tracked: false, reason };
}

/** What the user decided comes before what is missing, so that "off" is shown at once. */
function whyUntracked(facts: MailFacts, options: TrackingOptions, settings: Settings): Untracked | null {
  if (!facts.signedIn) return "signed-out";
  const reach = reachOf(facts.base);
  if (reach !== "everyone" && !settings.allowLocal) return reach;
  if (facts.plainText) return "plain-text";
  if (facts.confidential) return "confidential";
  if (isSelfTest(facts.subject)) return "self-test";
  if (facts.recipients.some((address) => isOnList(address, settings.doNotTrack))) return "do-not-track";
  if (!options.on) return "off";
  if (!options.opens && facts.links === 0) return "no-links";
  return facts.id === "ready" ? null : facts.id;
}

/** True when the outcome of a send is not what the switch showed last. `shown` is null when there was no switch. */
export function isSurprise(shown: Decision | null, outcome: Decision): boolean {
  if (!outcome.tracked && (outcome.reason === "signed-out" || outcome.reason === "outdated")) return shown?.tracked === true;
  if (shown === null || (!shown.tracked && shown.reason === "waiting")) return true;
  if (!shown.tracked || !outcome.tracked) return shown.tracked !== outcome.tracked;
  return shown.options.opens !== outcome.options.opens || shown.options.links !== outcome.options.links;
}
