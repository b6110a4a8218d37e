/** Notices that a compose window vanished after it was sent, and no request was understood: the host changed. */
import type { HostPage, SendWindow } from "../../hosts/host";

/** Sending closes the window at once; an alert, such as a missing recipient, leaves it open. */
const CLOSES_WITHIN_MS = 5000;

/** The last click or key press that may have sent the mail of a window. */
interface Attempt {
  compose: SendWindow;
  /** The draft's id at that moment: the host clears the form when it closes the window. */
  draftId: string | null;
  at: number;
  timer: ReturnType<typeof setTimeout>;
}

export class SendWatchdog {
  /** When a request with this draft was understood, from a monotonic clock. */
  private readonly understood = new Map<string, number>();
  private readonly watched = new WeakMap<HTMLElement, SendWindow>();
  private attempt: Attempt | null = null;

  constructor(
    private readonly host: Pick<HostPage, "isMenu" | "findComposeWindows" | "findWindowAround">,
    private readonly onMissed: () => void,
  ) {}

  /** The hook understood a request that sends this draft, or takes it back. */
  sendSeen(draftId: string): void {
    this.understood.delete(draftId);
    this.understood.set(draftId, performance.now());
  }

  watch(compose: SendWindow): void {
    this.watched.set(compose.root, compose);
  }

  /** Listens in the whole page: menus and dialogs of a compose window are drawn outside of it. */
  start(signal: AbortSignal): void {
    for (const type of ["click", "keydown"])
      document.addEventListener(type, (event) => { this.onEvent(event, signal); }, { signal, capture: true });
    // A pop-out closes with its tab. A window that is still open then, such as after an alert, was not sent.
    addEventListener("pagehide", () => { if (this.attempt) this.check(this.attempt); }, { signal });
  }

  private onEvent(event: Event, signal: AbortSignal): void {
    if (!(event.target instanceof Element)) return;
    const compose = this.windowAround(event.target) ?? this.host.findWindowAround(event.target);
    if (compose?.isSend(event)) this.begin(compose, signal);
    else if (this.attempt?.compose.root.isConnected) {
      // The time of a scheduled mail is picked in a menu and a dialog of the page.
      if (this.host.isMenu(event.target)) this.begin(this.attempt.compose, signal);
      // The window stayed open, and the user did something else in the meantime.
      else this.cancel();
    }
  }

  private windowAround(target: Element): SendWindow | null {
    for (let at: Element | null = target; at; at = at.parentElement) {
      const compose = at instanceof HTMLElement ? this.watched.get(at) : undefined;
      if (compose) return compose;
    }
    return null;
  }

  private begin(compose: SendWindow, signal: AbortSignal): void {
    const now = performance.now();
    // The attempt on a window that has closed is still checked.
    if (this.attempt?.compose.root.isConnected) this.cancel();
    const attempt: Attempt = {
      compose,
      draftId: compose.draftId,
      at: now,
      timer: setTimeout(() => { if (!signal.aborted) this.check(attempt); }, CLOSES_WITHIN_MS),
    };
    this.attempt = attempt;
  }

  private cancel(): void {
    if (this.attempt) clearTimeout(this.attempt.timer);
    this.attempt = null;
  }

  private check(attempt: Attempt): void {
    if (this.attempt === attempt) this.attempt = null;
    clearTimeout(attempt.timer);
    const isGone = !attempt.compose.root.isConnected && !this.isElsewhere(attempt);
    // Without a network the host keeps the mail and sends it later.
    if (isGone && navigator.onLine && !this.wasUnderstood(attempt)) this.onMissed();
  }

  /** A reply that is popped out goes on in a new window. */
  private isElsewhere({ draftId }: Attempt): boolean {
    return draftId !== null && this.host.findComposeWindows().some((window) => window.draftId === draftId);
  }

  private wasUnderstood({ draftId, at }: Attempt): boolean {
    if (draftId === null) return [...this.understood.values()].some((time) => time >= at);
    return (this.understood.get(draftId) ?? -1) >= at;
  }
}
