/**
 * All selectors of Gmail's pages. None depends on a label, since labels are translated. They follow InboxSDK's
 * finders of 2026 unless a line says otherwise.
 */

import type { MailMarkup } from "../../tracking/body/links";

/** Present in every compose form; its value is the draft's id after a "#". */
export const DRAFT_INPUT = 'input[name="draft"]';
export const HTML_INPUT = 'input[name="ishtml"]';
export const SUBJECT_INPUT = 'input[name="subjectbox"]';
/** The rich-text editor. */
export const EDITOR = '[g_editable="true"][contenteditable="true"]';
/** The element around one compose window, inline reply or pop-out. Nearest first. */
export const COMPOSE_ROOTS = [".M9", '[role="dialog"]', "form"];
/** The row with Send and the formatting buttons. */
export const TOOLBAR_ROW = ".btC";
export const SEND_CELL = ".gU.Up, .Up";
/** Everything that is pressed in a compose window: Send, Send and archive, the schedule menu, formatting. */
export const BUTTON = '[role="button"], [selector="scheduledSend"], .Up';
/** What closes a compose window without sending: the title bar, its close button, and discard. */
export const NOT_SEND = ".Hm, .Ha, .og, .oc";
/** What Gmail draws outside of a compose window for it: the schedule menu and the dialog that picks a time. */
export const MENU = '[role="menu"], [role="menuitem"], [role="dialog"], [role="alertdialog"]';
/** The command of confidential mode. It is not verified with a real account that the pressed state shows the mode. */
export const CONFIDENTIAL = '[command="locker"][aria-pressed="true"], [command="locker"][aria-checked="true"]';
/** The fields To, Cc and Bcc (trackers of late 2026): an input, or an element around chips and an input. */
export const RECIPIENT_FIELD = '[name="to"], [name="cc"], [name="bcc"]';
/** Chips, and recipients that are collapsed into one line. */
export const RECIPIENT = "[data-hovercard-id], span[email]";
/** The line that Gmail shows in place of the fields (GmailPro, 2026-09). */
export const COLLAPSED_RECIPIENTS = ".aoD span[email], .hl span[email]";
/** Suggestions while an address is typed. */
export const SUGGESTIONS = '[role="listbox"]';

/** A conversation in a list, the cell with the people (also beside a vertical pane), and the attribute with the thread id. */
export const LIST_ROW = "tr.zA";
export const PEOPLE_CELL = "td.yX, td.apy, td.apx";
export const THREAD_ID = "data-legacy-thread-id";
/** A mail of the open conversation. Only an expanded one has a body. */
export const MESSAGE_ID = "data-legacy-message-id";
/** The id of the same mail in requests. */
export const SYNC_ID = "data-message-id";
export const MESSAGE_BODY = ".ii.gt";
export const SENDER = ".gD[email]";
/** Around the quoted text of a reply, in the editor and in the sent mail. */
const QUOTE_CLASS = "gmail_quote";
/** The line that names the writer of a quote. */
const ATTRIBUTION_CLASS = "gmail_attr";
/**
 * Around an attached Drive file in the text. Meet and Calendar insert their cards as plain links. Gmail and calendars
 * recognise all of them by their addresses.
 */
const CARD_CLASS = "gmail_chip";
const CARD_DOMAINS = ["meet.google.com", "calendar.google.com", "calendar.app.google"];
export const MARKUP: MailMarkup = { quoteClass: QUOTE_CLASS, attributionClass: ATTRIBUTION_CLASS, cardClass: CARD_CLASS, cardDomains: CARD_DOMAINS };
export const QUOTE = `.${QUOTE_CLASS}, blockquote`;
