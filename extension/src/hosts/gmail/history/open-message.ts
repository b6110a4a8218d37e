/** The expanded mails of the open conversation. */
import { ownPixelToken } from "../../../tracking/addresses/own-addresses";
import { idOfToken, type Identity } from "../../../tracking/addresses/urls";
import type { OpenMessage } from "../../host";
import { ownDraftIdIn } from "../ids";
import { MESSAGE_BODY, MESSAGE_ID, QUOTE, SENDER, SYNC_ID } from "../selectors";

export function findOpenMessages(own: readonly Identity[]): OpenMessage[] {
  return [...document.querySelectorAll<HTMLElement>(`[${MESSAGE_ID}]`)].flatMap((element) => {
    const body = element.querySelector<HTMLElement>(MESSAGE_BODY);
    if (!body) return [];
    return {
      body,
      messageId: element.getAttribute(MESSAGE_ID),
      draftId: ownDraftIdIn(element.getAttribute(SYNC_ID) ?? ""),
      pixelId: pixelIn(body, own),
      sender: element.querySelector(SENDER)?.getAttribute("email") ?? null,
    };
  });
}

/** Replies quote our mails with their pixels: a pixel in a quote does not identify the mail. */
function pixelIn(body: Element, own: readonly Identity[]): string | null {
  for (const image of body.querySelectorAll<HTMLImageElement>('img[src*="/o/"]')) {
    const token = ownPixelToken(image.src, own);
    if (token && !image.closest(QUOTE)) return idOfToken(token);
  }
  return null;
}
