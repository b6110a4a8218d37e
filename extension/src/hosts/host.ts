/**
 * What the extension needs from a web mail host. Everything that depends on one host's pages, requests and ids is
 * behind these interfaces; `sites.ts` lists the hosts.
 */
import type { OutgoingMail } from "../shared/outgoing-mail";
import type { LinkDecision, LinkRules, MailMarkup } from "../tracking/body/links";
import type { Identity } from "../tracking/addresses/urls";

/** Where a host's pages are, and the form of its ids. */
export interface HostSite {
  /** As the user knows it. */
  name: string;
  domain: string;
  /** The beginning of the address of each of its pages. */
  pageUrl: string;
  /** For permission requests. */
  matchPattern: string;
  isDraftId: (id: string) => boolean;
  isThreadId: (id: string) => boolean;
}

/** A mail in an outgoing request, and the list indices that lead to it from the root of the request. */
export interface FoundMail {
  path: number[];
  mail: OutgoingMail;
}

export interface OutgoingRequest {
  found: FoundMail[];
  /** The number of mails that are sent but have an unknown layout: the host changed. */
  unreadable: number;
  /** The drafts of sent mails that the user took back: an undone send, or a cancelled schedule. */
  undone: string[];
}

/** New HTML for the parts of the mail at `path`; null leaves a part as it is. */
export interface MailEdit {
  path: readonly number[];
  parts: readonly (string | null)[];
}

/** The ids that the host's lists and threads show for a mail that was just sent. */
export interface SentIds {
  draftId: string;
  messageId: string;
  threadId: string | null;
}

/** How the host sends mail. Runs in the page's world, without access to the extension. */
export interface HostProtocol {
  isSendUrl: (url: string, base: string) => boolean;
  /** True for requests whose answers may contain the ids of sent mails. */
  isAnswerUrl: (url: string, base: string) => boolean;
  /** True for all addresses of the host: it may send mail in an unknown way. */
  isHostUrl: (url: string, base: string) => boolean;
  /** A cheap check before the text is parsed. */
  maySend: (text: string) => boolean;
  /** True for a text that sends a mail with a body, as far as that can be seen without its layout. */
  looksSent: (text: string) => boolean;
  /** Types and lengths of a text, or of a body of another type, for a report. Contains nothing that the user wrote. */
  shapeOf: (body: unknown) => string;
  /** Throws SyntaxError when the text is not JSON. */
  readRequest: (text: string) => OutgoingRequest;
  /** Changes the parts only; every other byte stays. */
  writeParts: (text: string, edits: readonly MailEdit[]) => string;
  /** Empty when the reply has an unknown layout. */
  readReply: (text: string, draftIds: readonly string[]) => SentIds[];
}

export interface DraftLink {
  url: string;
  text: string;
  decision: LinkDecision;
}

/** A compose window, an inline reply or a pop-out. Read only: the draft is never changed. */
export interface ComposeWindow {
  readonly root: HTMLElement;
  /** Null until the host has saved the draft. */
  readonly draftId: string | null;
  readonly plainText: boolean;
  readonly confidential: boolean;
  readonly subject: string;
  readonly recipients: string[];
  /** The switch is inserted behind the cell of Send. Null when the host's toolbar is not found, as before it is drawn. */
  readonly toolbar: { row: Element; send: Element | null } | null;
  /** True for the same window, also when the host has drawn parts of it again since. */
  isSame: (later: ComposeWindow) => boolean;
  /** The links of the text, each address once. */
  links: (own: readonly Identity[], rules: LinkRules) => DraftLink[];
  /** True when the click or key press may send the mail. False for those that close or discard it. */
  isSend: (event: Event) => boolean;
}

/** A window in which a mail may be written, as far as it is known. */
export type SendWindow = Pick<ComposeWindow, "root" | "draftId" | "isSend">;

/** An expanded mail of the open conversation. */
export interface OpenMessage {
  body: HTMLElement;
  messageId: string | null;
  /** The id of the draft that the mail was written in. Null for a mail from others. */
  draftId: string | null;
  /** The ID in our pixel. The element is present although this browser does not load the image. */
  pixelId: string | null;
  sender: string | null;
}

/** A conversation in a list. */
export interface ListRow {
  row: HTMLElement;
  threadId: string | null;
  /** The cell that gets the mark. */
  markCell: Element | null;
}

/** The host's pages, as the content script sees them. */
export interface HostPage {
  markup: MailMarkup;
  /** Calls `update` now, and after each change of the page until the signal. */
  onChanges: (update: () => void, signal: AbortSignal) => void;
  findComposeWindows: () => ComposeWindow[];
  /** The window with an editor around an element. It may lack all else that makes a compose window. */
  findWindowAround: (target: Element) => SendWindow | null;
  findOpenMessages: (own: readonly Identity[]) => OpenMessage[];
  /** The ids of all conversations on the page, listed or open. */
  threadIds: () => string[];
  /** The same ids. Those of conversations that the user sees now come first. */
  threadIdsVisibleFirst: () => string[];
  listRows: () => ListRow[];
  /** True for a menu or dialog that may belong to a compose window, such as the one that schedules a mail. */
  isMenu: (target: Element) => boolean;
}
