/**
 * Every selector of Gmail's pages. None reads a label: those are translated.
 * From InboxSDK's finders of 2026, unless a line says otherwise.
 */

/** In every compose form; its value is the draft's id behind a "#". */
export const DRAFT_INPUT = 'input[name="draft"]';
export const HTML_INPUT = 'input[name="ishtml"]';
/** The rich-text body. */
export const EDITOR = '[g_editable="true"][contenteditable="true"]';
/** What holds one compose: a window, an inline reply, a pop-out. Nearest first. */
export const COMPOSE_ROOTS = [".M9", '[role="dialog"]', "form"];
/** The row with Send and the formatting buttons. */
export const TOOLBAR_ROW = ".btC";
export const SEND_CELL = ".gU.Up, .Up";
export const SEND_BUTTON = '.Up [role="button"]';
/** Confidential mode's command; that the pressed state shows the mode awaits a real account. */
export const CONFIDENTIAL = '[command="locker"][aria-pressed="true"], [command="locker"][aria-checked="true"]';
export const RECIPIENT = "[data-hovercard-id]";

/** A conversation in a list, the cell with the people in it, and what carries the conversation's id. */
export const LIST_ROW = "tr.zA";
export const PEOPLE_CELL = "td.yX";
export const THREAD_ID = "data-legacy-thread-id";
/** A mail of the opened conversation; only an unfolded one has a body. */
export const MESSAGE_ID = "data-legacy-message-id";
export const MESSAGE_BODY = ".ii.gt";
export const SENDER = ".gD[email]";
/** Around the quoted text of a reply, in the editor and in the sent mail. */
export const QUOTE_CLASS = "gmail_quote";
export const QUOTE = `.${QUOTE_CLASS}, blockquote`;
