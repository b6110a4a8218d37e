/** The text of each warning: what is wrong and what to do. */
import { SITE_NAMES } from "../hosts/sites";
import type { WarningKind } from "../messaging/overview";

export interface WarningText {
  title: string;
  text: string;
  /** The button that resolves the problem. */
  action: "options" | "dismiss" | "give-up" | "allow-host" | null;
}

export const WARNING_TEXTS: Record<WarningKind, WarningText> = {
  "no-access": {
    title: `No access to ${SITE_NAMES}`,
    text: `The browser does not allow Sealbreak on ${SITE_NAMES}, so mail is sent untracked.`,
    action: "allow-host",
  },
  "host-changed": {
    title: `${SITE_NAMES} may have changed`,
    text: "Sealbreak could not read how a mail was sent, or saw none leave when its window closed. Such a mail leaves as you wrote it, and is not tracked. The warning ends when a mail is understood again. If it stays, look for an update of Sealbreak; if a request was seen, the options have a report for its developers.",
    action: "dismiss",
  },
  revoked: {
    title: "This browser was signed out",
    text: "Your server no longer accepts this browser. Pair it again with a new code to continue tracking.",
    action: "options",
  },
  "queue-full": {
    title: "Some sent mails are not registered",
    text: "Too many sent mails were waiting for your server. The oldest were sent, but will show no recipients or subject.",
    action: "dismiss",
  },
  refused: {
    title: "Your server rejected a mail",
    text: "The mail was sent, but the server rejected its details. Is the server older than this extension?",
    action: "dismiss",
  },
  "other-account": {
    title: "Sent mails wait for another account",
    text: "They were sent with the account that was connected before. Connect it again to deliver them, or discard them; they will then show no recipients or subject.",
    action: "give-up",
  },
  "no-ids": {
    title: "No tracking IDs left",
    text: "New mail is not tracked until your server sends new ones. Check that the server is running.",
    action: null,
  },
  "server-away": {
    title: "Your server does not answer",
    text: "Mail is tracked with the IDs in stock. Sent mail is registered when the server is back.",
    action: null,
  },
};
