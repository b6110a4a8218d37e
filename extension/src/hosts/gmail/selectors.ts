/**
 * All selectors of Gmail's pages. None depends on a label, since labels are translated. They follow InboxSDK's
 * finders of 2026 unless a line says otherwise.
 */

import type { MailMarkup } from "../../tracking/links";

/** Present in every compose form; its value is the draft's id after a "#". */
export const DRAFT_INPUT = 'input[name="draft"]';
export const HTML_INPUT = 'input[name="ishtml"]';
/** The rich-text editor. */
export const EDITOR = '[g_editable="true"][contenteditable="true"]';
/** The element around one compose window, inline reply or pop-out. Nearest first. */
export const COMPOSE_ROOTS = [".M9", '[role="dialog"]', "form"];
/** The row with Send and the formatting buttons. */
export const TOOLBAR_ROW = ".btC";
export const SEND_CELL = ".gU.Up, .Up";
export const SEND_BUTTON = '.Up [role="button"]';
/** The command of confidential mode. It is not verified with a real account that the pressed state shows the mode. */
export const CONFIDENTIAL = '[command="locker"][aria-pressed="true"], [command="locker"][aria-checked="true"]';
export const RECIPIENT = "[data-hovercard-id]";

/** A conversation in a list, the cell with the people, and the attribute with the thread id. */
export const LIST_ROW = "tr.zA";
export const PEOPLE_CELL = "td.yX";
export const THREAD_ID = "data-legacy-thread-id";
/** A mail of the open conversation. Only an expanded one has a body. */
export const MESSAGE_ID = "data-legacy-message-id";
export const MESSAGE_BODY = ".ii.gt";
export const SENDER = ".gD[email]";
/** Around the quoted text of a reply, in the editor and in the sent mail. */
const QUOTE_CLASS = "gmail_quote";
/**
 * Around an attached Drive file in the text. Meet and Calendar insert their cards as plain links. Gmail and calendars
 * recognise all of them by their addresses.
 */
const CARD_CLASS = "gmail_chip";
const CARD_DOMAINS = ["meet.google.com", "calendar.google.com", "calendar.app.google"];
export const MARKUP: MailMarkup = { quoteClass: QUOTE_CLASS, cardClass: CARD_CLASS, cardDomains: CARD_DOMAINS };
export const QUOTE = `.${QUOTE_CLASS}, blockquote`;
