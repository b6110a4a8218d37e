/** Which of our own mails the sender looks at: their pixels stand in the thread, though this browser loads none. */
import { idOfToken, ownPixelToken, type Identity } from "../tracking/urls";

/** Adds no image, changes none. */
export class OwnViews {
  private seen = new WeakMap<HTMLImageElement, string>();

  constructor(private readonly report: (ids: string[]) => void) {}

  look(own: readonly Identity[]): void {
    const ids = own.flatMap(({ owner }) => this.fresh(owner, own));
    if (ids.length > 0 && !document.hidden) this.report([...new Set(ids)]);
  }

  private fresh(owner: string, own: readonly Identity[]): string[] {
    const images = document.querySelectorAll<HTMLImageElement>(`img[src*="/o/${owner}/"]`);
    return [...images].flatMap((image) => {
      const token = ownPixelToken(image.src, own);
      if (!token || this.seen.get(image) === image.src) return [];
      this.seen.set(image, image.src);
      return [idOfToken(token)];
    });
  }
}
