/** The texts that appear in the host's pages. */
import { SITE_NAMES } from "../hosts/sites";
import type { TrackingOptions } from "../shared/tracking-options";
import { MAX_RECIPIENTS } from "../tracking/registration";
import type { Decision, Untracked } from "../tracking/decision";

export const SWITCH_NAME = "Track this mail";

export const STATE_TEXT = {
  off: "Not tracked",
  cannot: "Can\u2019t track",
  waiting: "Not ready yet",
  unsure: "May not track",
  test: "Test mail",
} as const;

/** The labels of a tracked mail, by what is tracked in it. */
const TRACKED = {
  all: { label: "Tracked", hint: "This mail gets a pixel, and its links lead through your server. Sealbreak tells you of the opens and clicks that it sees." },
  opens: { label: "Opens only", hint: "This mail gets a pixel. Sealbreak tells you of the opens that it sees. Its links are not changed." },
  links: { label: "Links only", hint: "The links of this mail lead through your server. Sealbreak tells you of the clicks that it sees. It contains no pixel." },
} as const;

export function trackedText({ opens, links }: TrackingOptions): { label: string; hint: string } {
  return TRACKED[opens && links ? "all" : opens ? "opens" : "links"];
}

export const UNSURE_HINT = `The last mail could not be tracked: ${SITE_NAMES} may have changed how it sends mail. This mail is tracked only if Sealbreak understands how it is sent. The warning ends with the next mail that is understood.`;

export const WHY: Record<Untracked, string> = {
  off: "This mail is sent without a pixel, and its links are not changed.",
  waiting: `This draft is not ready yet: ${SITE_NAMES} has not saved it, or its tracking ID has not come. Your choice is kept and applied.`,
  "signed-out": "Sealbreak is not connected to your server. Open its options to pair this browser.",
  "this-computer": "Only this computer reaches your server, so readers could not open its links. Set the server\u2019s public address, or allow local addresses in the options.",
  "this-network": "Only this network reaches your server, so other readers could not open its links. Set the server\u2019s public address, or allow local addresses in the options.",
  "no-ids": "No tracking IDs are left, and your server has sent no new ones. They are asked for again.",
  "plain-text": "Plain text cannot contain a pixel. Turn off plain text mode to track this mail.",
  confidential: "Mail in confidential mode is not tracked.",
  "self-test": "This test mail gets the picture of the test when it is sent. It is not tracked, and does not appear in the history.",
  "do-not-track": "A recipient is on your do-not-track list.",
  "no-links": "Only links are set to be tracked, and this mail has none that can be.",
  "no-text": "Its text cannot be read here, as in encrypted mail.",
  "no-place": "A pixel cannot be added to this mail.",
  "not-kept": "Sealbreak could not save the tracking data in this browser. Its storage or the disk may be full.",
  "too-large": "This mail has more recipients and links than your server accepts for one mail.",
  failed: "Part of this mail could not be processed.",
  late: "Preparing it took too long.",
  outdated: "Sealbreak was updated or turned off. After an update, reload this tab to track mail.",
};

/** What happened to a mail that leaves, when the switch showed something else. The host may still refuse it. */
export function outcomeText(shown: Decision | null, outcome: Decision, isChosen = false): string {
  if (!outcome.tracked) return `Not tracked: ${WHY[outcome.reason]}`;
  const { opens, links } = outcome.options;
  const what = opens && links ? "opens and links" : opens ? "opens only" : "links only";
  const used = isChosen ? "your earlier choice for it" : "your default";
  const why = shown === null ? ` No switch was shown for this mail, so ${used} was used.` : "";
  return `Tracked (${what}).${why}`;
}

/** The mail is tracked as a whole: only the list on the server is shorter. */
export function tooManyText(count: number): string {
  return `This mail has ${count} recipients. Your server lists the first ${MAX_RECIPIENTS}; all get the same tracked mail.`;
}

export const NOTICE = {
  unreadable: `A mail is not tracked: ${SITE_NAMES} may have changed how it sends mail. Look for an update of Sealbreak.`,
  opaque: `${SITE_NAMES} may have changed how it sends mail. Mail from this tab may not be tracked.`,
  missed: `A compose window closed, and Sealbreak could not see its mail leave. If it was sent, it is not tracked: ${SITE_NAMES} may have changed. Look for an update of Sealbreak.`,
} as const;

/** The server may have done it although its answer did not come. */
export function unconfirmedText(problem: string): string {
  return `Your server did not confirm this. ${problem}`;
}

export const UNANSWERED = "Sealbreak did not answer, so it is not known whether this was done. Try again, or reload this tab.";

export const RELOAD = {
  text: "Sealbreak was updated or turned off. Mail from this tab is not tracked. After an update, reload it to track again.",
  action: "Reload this tab",
} as const;
