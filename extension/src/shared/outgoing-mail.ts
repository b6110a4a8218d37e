/** A mail on its way out, as every part of the extension knows it. */

export type RecipientKind = "to" | "cc" | "bcc";

export interface Recipient {
  kind: RecipientKind;
  address: string;
  name: string | null;
}

/** `type` 0 is what the sender wrote, 2 what is quoted. */
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
  scheduled: boolean;
  /** Milliseconds since 1970; of a scheduled mail, when it is to leave. */
  time: number;
}
