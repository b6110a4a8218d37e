/** The unfolded mails of the opened conversation. */
import { idOfToken, ownPixelToken, type Identity } from "../../../tracking/urls";
import type { TrackedMail } from "../../../server/tracked-mail";
import { MESSAGE_BODY, MESSAGE_ID, QUOTE, SENDER } from "../selectors";

export interface OpenedMail {
  body: HTMLElement;
  messageId: string | null;
  /** Of the pixel in it: it stands there though this browser does not load it. */
  pixelId: string | null;
  sender: string | null;
}

export function findOpened(own: readonly Identity[]): OpenedMail[] {
  return [...document.querySelectorAll<HTMLElement>(`[${MESSAGE_ID}]`)].flatMap((element) => {
    const body = element.querySelector<HTMLElement>(MESSAGE_BODY);
    if (!body) return [];
    return {
      body,
      messageId: element.getAttribute(MESSAGE_ID),
      pixelId: pixelIn(body, own),
      sender: element.querySelector(SENDER)?.getAttribute("email") ?? null,
    };
  });
}

/** Answers quote our mails, pixel and all: a pixel in a quote does not make them ours. */
function pixelIn(body: Element, own: readonly Identity[]): string | null {
  for (const image of body.querySelectorAll<HTMLImageElement>('img[src*="/o/"]')) {
    const token = ownPixelToken(image.src, own);
    if (token && !image.closest(QUOTE)) return idOfToken(token);
  }
  return null;
}

/** Not every mail program marks what it quotes: Gmail's ids and the sender must agree too, as far as they are known. */
export function isThatMail({ messageId, sender }: OpenedMail, mail: TrackedMail): boolean {
  if (mail.messageId && messageId) return mail.messageId === messageId;
  return !mail.account || !sender || mail.account.toLowerCase() === sender.toLowerCase();
}
