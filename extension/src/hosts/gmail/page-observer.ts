/** One observer for the whole page. Gmail may change its page constantly. */
import { EDITOR, MESSAGE_ID, THREAD_ID } from "./selectors";

/** One change of Gmail comes in several steps. */
const SETTLE_MS = 50;
/** While the page goes on changing: at most four times a second. */
const PAUSE_MS = 250;

/** Calls `update` now and soon after each change of the page, until the signal is aborted. */
export function onChanges(update: () => void, signal: AbortSignal): void {
  let waiting: ReturnType<typeof setTimeout> | null = null;
  let updatedAt = -PAUSE_MS;
  const run = (): void => {
    waiting = null;
    updatedAt = performance.now();
    update();
  };
  const observer = new MutationObserver((records) => {
    if (waiting !== null || records.every(isInEditor)) return;
    waiting = setTimeout(run, Math.max(SETTLE_MS, updatedAt + PAUSE_MS - performance.now()));
  });
  observer.observe(document, { childList: true, subtree: true, attributeFilter: [THREAD_ID, MESSAGE_ID] });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    if (waiting !== null) clearTimeout(waiting);
  });
  run();
}

/** Typing changes the text of an editor, which contains nothing that is drawn or read. */
function isInEditor({ target }: MutationRecord): boolean {
  const element = target instanceof Element ? target : target.parentElement;
  return element?.closest(EDITOR) != null;
}
