/** Reloads and updates leave several copies of the hook in a tab: only the newest one with a content script is active. */
import { offerChannel, type PageChannel } from "../messaging/page-channel";

const NEWEST_INSTANCE = Symbol.for("sealbreak.hook");

/** The channel to the content script; null as long as this copy is not the active one. */
export function takeOver(target: object): () => PageChannel | null {
  const instance = {};
  let channel: PageChannel | null = null;
  offerChannel((accepted) => {
    channel = accepted;
    Object.defineProperty(target, NEWEST_INSTANCE, { value: instance, configurable: true, writable: true });
  });
  return () => (Reflect.get(target, NEWEST_INSTANCE) === instance ? channel : null);
}
