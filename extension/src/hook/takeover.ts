/** After a reload or an update, copies of the hook stack up in a tab: only the newest one works. */

const NEWEST = Symbol.for("sealbreak.hook");

/** Makes this copy the newest, and tells from then on whether it still is. */
export function takeOver(place: object): () => boolean {
  const me = {};
  Object.defineProperty(place, NEWEST, { value: me, configurable: true, writable: true });
  return () => Reflect.get(place, NEWEST) === me;
}
