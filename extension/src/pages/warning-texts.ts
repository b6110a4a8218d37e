/** Each trouble as a person reads it: what it is, and what to do. */
import type { WarningKind } from "../messaging/overview";

export interface WarningText {
  title: string;
  text: string;
  /** The button that leads out of it. */
  action: "options" | "dismiss" | "give-up" | "allow-host" | null;
}

export const WARNING_TEXTS: Record<WarningKind, WarningText> = {
  "no-access": {
    title: "Gmail is out of reach",
    text: "The browser does not let Sealbreak work on mail.google.com, so mail goes out untracked.",
    action: "allow-host",
  },
  "host-changed": {
    title: "Gmail changed",
    text: "A mail went out that Sealbreak could not read. It was sent as you wrote it, but not tracked. Look for an update of Sealbreak.",
    action: "dismiss",
  },
  revoked: {
    title: "This browser was signed out",
    text: "Your server no longer accepts it. Pair it again with a new code to go on tracking.",
    action: "options",
  },
  "queue-full": {
    title: "Some mails could not be kept",
    text: "Too many sent mails were waiting for your server; the oldest are sent but will show no recipients or subject.",
    action: "dismiss",
  },
  refused: {
    title: "Your server refused a mail",
    text: "The mail is sent; the server would not take its details. Is the server older than this extension?",
    action: "dismiss",
  },
  "other-account": {
    title: "Sent mails wait for another account",
    text: "They were sent with the account that was connected here before. Connect it again, and its server is told of them; or give them up, and they will show no recipients or subject.",
    action: "give-up",
  },
  "no-ids": {
    title: "No tracking IDs left",
    text: "New mail is not tracked until your server answers again. Check that it is running.",
    action: null,
  },
  "server-away": {
    title: "Your server does not answer",
    text: "Tracking goes on with the IDs in store. What was sent meanwhile is delivered when the server is back.",
    action: null,
  },
};
