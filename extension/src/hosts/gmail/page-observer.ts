/** One observer for the whole page. Gmail changes its page constantly, so it is looked at eight times a second at most. */
import { EDITOR, MESSAGE_ID, THREAD_ID } from "./selectors";

const PAUSE_MS = 125;

/** Calls `update` now and soon after each change of the page, until the signal is aborted. */
export function onChanges(look: () => void, signal: AbortSignal): void {
  let waiting: ReturnType<typeof setTimeout> | null = null;
  const observer = new MutationObserver((records) => {
    if (waiting !== null || records.every(isInEditor)) return;
    waiting = setTimeout(() => {
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

/** Typing changes the text of an editor, which contains nothing that is drawn or read. */
function isInEditor({ target }: MutationRecord): boolean {
  const element = target instanceof Element ? target : target.parentElement;
  return element?.closest(EDITOR) != null;
}
