/** Notices when Send is used and no request is seen: then the host sends in an unknown way. */
import type { ComposeWindow } from "../../hosts/host";

/** Sending closes the window at once; an alert, such as a missing recipient, leaves it open. */
const CLOSES_WITHIN_MS = 5000;

export class SendWatchdog {
  private sends = 0;
  private readonly watched = new WeakSet<HTMLElement>();

  constructor(private readonly onMissed: () => void) {}

  /** The hook saw a mail being sent. */
  sendSeen(): void {
    this.sends += 1;
  }

  watch(compose: ComposeWindow, signal: AbortSignal): void {
    const { root } = compose;
    if (this.watched.has(root)) return;
    this.watched.add(root);
    const onEvent = (event: Event) => {
      if (!compose.isSend(event)) return;
      const before = this.sends;
      setTimeout(() => {
        const closed = !root.isConnected && navigator.onLine;
        if (!signal.aborted && closed && this.sends === before) this.onMissed();
      }, CLOSES_WITHIN_MS);
    };
    root.addEventListener("click", onEvent, { signal, capture: true });
    root.addEventListener("keydown", onEvent, { signal, capture: true });
  }
}
