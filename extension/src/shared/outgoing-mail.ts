/** A mail that is being sent, independent of the host. */

export type RecipientKind = "to" | "cc" | "bcc";

export interface Recipient {
  kind: RecipientKind;
  address: string;
  name: string | null;
}

/** `type` 0 is the sender's own text, 2 is quoted text. */
export interface Part {
  type: number;
  html: string;
}

export interface OutgoingMail {
  draftId: string;
  threadId: string | null;
  from: string | null;
  recipients: Recipient[];
  subject: string;
  parts: Part[];
  isHtml: boolean;
  confidential: boolean;
  scheduled: boolean;
  /** Milliseconds since 1970. For a scheduled mail, when it will be sent. */
  time: number;
}
