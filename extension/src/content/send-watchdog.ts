/** Notices when Send is used and no request is seen: then Gmail sends in another way than we know. */
import type { Compose } from "../hosts/gmail/compose/compose";
import { SEND_BUTTON } from "../hosts/gmail/selectors";

/** A mail leaves at once when Send is used; with an alert (no recipient) the window stays open. */
const CLOSES_WITHIN_MS = 5000;

export class MissedSends {
  private sends = 0;
  private readonly watched = new WeakSet<HTMLElement>();

  constructor(private readonly report: () => void) {}

  /** The hook saw a mail leave. */
  recognised(): void {
    this.sends += 1;
  }

  watch({ root }: Compose, signal: AbortSignal): void {
    if (this.watched.has(root)) return;
    this.watched.add(root);
    const used = (event: Event) => {
      if (!isSend(event)) return;
      const before = this.sends;
      setTimeout(() => {
        const closed = !root.isConnected && navigator.onLine;
        if (!signal.aborted && closed && this.sends === before) this.report();
      }, CLOSES_WITHIN_MS);
    };
    root.addEventListener("click", used, { signal, capture: true });
    root.addEventListener("keydown", used, { signal, capture: true });
  }
}

function isSend(event: Event): boolean {
  if (event instanceof KeyboardEvent) return event.key === "Enter" && (event.ctrlKey || event.metaKey);
  return event.target instanceof Element && event.target.closest(SEND_BUTTON) !== null;
}
