/** Helpers of the extension's own pages. */

export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`);
  return found;
}

export function hostOf(address: string): string {
  return new URL(address).host;
}

const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, "second"],
  [60, "minute"],
  [24, "hour"],
  [7, "day"],
  [Infinity, "week"],
];

/** "5 minutes ago". */
export function ago(time: string, now: number): string {
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  let amount = Math.min(0, (Date.parse(time) - now) / 1000);
  for (const [size, unit] of STEPS) {
    if (Math.abs(amount) < size) return format.format(Math.trunc(amount), unit);
    amount /= size;
  }
  return time;
}
