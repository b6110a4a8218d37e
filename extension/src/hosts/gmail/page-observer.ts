/** One observer for the whole of Gmail, which changes its page all the time: looks a few times a second at most. */
import { MESSAGE_ID, THREAD_ID } from "./selectors";

const PAUSE_MS = 60;

/** Calls `look` soon after the page changed, until the signal. */
export function onChanges(look: () => void, signal: AbortSignal): void {
  let waiting: ReturnType<typeof setTimeout> | null = null;
  const observer = new MutationObserver(() => {
    waiting ??= setTimeout(() => {
      waiting = null;
      look();
    }, PAUSE_MS);
  });
  observer.observe(document, { childList: true, subtree: true, attributeFilter: [THREAD_ID, MESSAGE_ID] });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    if (waiting !== null) clearTimeout(waiting);
  });
  look();
}
