/** The texts that appear in the host's pages. */
import { SITE_NAMES } from "../hosts/sites";
import type { Untracked } from "../tracking/policy";

export const SWITCH_NAME = "Track this mail";

export const STATE_TEXT = {
  off: "Not tracked",
  cannot: "Can\u2019t track",
} as const;

/** The labels of a tracked mail, by what is tracked in it. */
export const TRACKED = {
  all: { label: "Tracked", hint: "Sealbreak will tell you when this mail is opened or a link in it is followed." },
  opens: { label: "Opens only", hint: "Sealbreak will tell you when this mail is opened. Its links are not changed." },
  links: { label: "Links only", hint: "Sealbreak will tell you when a link in this mail is followed. It contains no pixel." },
} as const;

export const WHY: Record<Untracked, string> = {
  off: "This mail is sent without a pixel, and its links are not changed.",
  "signed-out": "Sealbreak is not connected to your server. Open its options to pair this browser.",
  "no-ids":
    "No tracking IDs are left, and your server does not answer. They are refilled as soon as it does.",
  "plain-text": "Plain text cannot contain a pixel. Turn off plain text mode to track this mail.",
  confidential: "Mail in confidential mode is not tracked.",
  "do-not-track": "A recipient is on your do-not-track list.",
  "no-links": "Only links are set to be tracked, and this mail has none.",
  "no-place": "A pixel cannot be added to this mail.",
  "not-kept": "Sealbreak could not save the tracking data in this browser.",
  failed: "Part of this mail could not be processed, so it was sent unchanged.",
};

export const NOTICE = {
  unreadable: `Sent, but not tracked: ${SITE_NAMES} changed how it sends mail. Look for an update of Sealbreak.`,
  late: "Sent, but not tracked: preparing it took too long.",
  "no-ids": "Sent, but not tracked: no tracking IDs were left.",
  "no-place": "Sent, but not tracked: a pixel could not be added to the mail.",
  "not-kept": "Sent, but not tracked: Sealbreak could not save the tracking data in this browser. Is the disk full?",
  failed: "Sent, but not tracked: part of the mail could not be processed.",
} as const;
