/** One observer for the whole page. Gmail changes its page constantly, so calls are limited to a few per second. */
import { MESSAGE_ID, THREAD_ID } from "./selectors";

const PAUSE_MS = 60;

/** Calls `update` now and soon after each change of the page, until the signal is aborted. */
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
