/**
 * Reports which of our own mails the sender looks at. Their pixels are in the page although this browser loads none.
 */
import { ownPixelToken } from "../tracking/addresses/own-addresses";
import { idOfToken, type Identity } from "../tracking/addresses/urls";

/** Neither adds nor changes an image. */
export class OwnViews {
  private reported = new WeakMap<HTMLImageElement, string>();

  constructor(private readonly report: (ids: string[]) => void) {}

  update(own: readonly Identity[]): void {
    const ids = own.flatMap(({ owner }) => this.unreportedIds(owner, own));
    if (ids.length > 0 && !document.hidden) this.report([...new Set(ids)]);
  }

  private unreportedIds(owner: string, own: readonly Identity[]): string[] {
    const images = document.querySelectorAll<HTMLImageElement>(`img[src*="/o/${owner}/"]`);
    return [...images].flatMap((image) => {
      const token = ownPixelToken(image.src, own);
      if (!token || this.reported.get(image) === image.src) return [];
      this.reported.set(image, image.src);
      return [idOfToken(token)];
    });
  }
}
