/** What Gmail's pages show of us, in the user's words. */
import type { Untracked } from "../tracking/policy";

export const SWITCH_NAME = "Track this mail";

export const STATE_TEXT = {
  off: "Not tracked",
  cannot: "Can\u2019t track",
} as const;

/** Of a tracked mail: what is tracked in it. */
export const TRACKED = {
  all: { label: "Tracked", hint: "Sealbreak will tell you when this mail is opened or a link in it is followed." },
  opens: { label: "Opens only", hint: "Sealbreak will tell you when this mail is opened. Its links stay as they are." },
  links: { label: "Links only", hint: "Sealbreak will tell you when a link in this mail is followed. It carries no pixel." },
} as const;

export const WHY: Record<Untracked, string> = {
  off: "This mail goes out without a pixel, and its links stay as they are.",
  "signed-out": "Sealbreak is not connected to your server. Open its options to pair this browser.",
  "no-ids":
    "No tracking IDs are left, and your server does not answer. They are refilled as soon as it does.",
  "plain-text": "Plain text has no place for a pixel. Turn off plain text mode to track this mail.",
  confidential: "Mail in confidential mode is not tracked.",
  "do-not-track": "Somebody among the recipients is on your do-not-track list.",
  "no-links": "Only its links are to be tracked, and it has none.",
  "no-place": "This mail has no place for a pixel.",
  "not-kept": "Sealbreak could not write down in this browser what it sent.",
  failed: "Something in this mail was not understood, so it went out as it was.",
};

export const NOTICE = {
  unreadable: "Sent, but not tracked: Gmail changed how it sends mail. Look for an update of Sealbreak.",
  late: "Sent, but not tracked: preparing it took too long.",
  "no-ids": "Sent, but not tracked: no tracking IDs were left.",
  "no-place": "Sent, but not tracked: the mail has no place for a pixel.",
  "not-kept": "Sent, but not tracked: Sealbreak could not note it down in this browser. Is the disk full?",
  failed: "Sent, but not tracked: something in it was not understood.",
} as const;
