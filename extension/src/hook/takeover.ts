/** After a reload or an update, copies of the hook stack up in a tab: only the newest that has a bridge works. */
import { offerWire, type Wire } from "../messaging/page-channel";

const NEWEST = Symbol.for("sealbreak.hook");

/** The way to the bridge, null as long as this copy is not the one that works. */
export function takeOver(place: object): () => Wire | null {
  const me = {};
  let wire: Wire | null = null;
  offerWire((taken) => {
    wire = taken;
    Object.defineProperty(place, NEWEST, { value: me, configurable: true, writable: true });
  });
  return () => (Reflect.get(place, NEWEST) === me ? wire : null);
}
