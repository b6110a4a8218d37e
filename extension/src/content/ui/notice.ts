/** Sentences in a corner of the page that disappear by themselves. They lie above the host's own, which offers Undo. */

const SHOWN_MS = 8000;
const PLACE = "sealbreak-notices";

export function showNotice(text: string, signal: AbortSignal): void {
  if (signal.aborted) return;
  const notice = document.createElement("div");
  notice.className = "sealbreak-notice";
  notice.setAttribute("role", "status");
  notice.textContent = text;
  place().append(notice);
  const timer = setTimeout(() => { notice.remove(); }, SHOWN_MS);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    notice.remove();
  });
}

/** Several notices stand one above the other. */
function place(): Element {
  const known = document.querySelector(`.${PLACE}`);
  if (known) return known;
  const made = document.createElement("div");
  made.className = PLACE;
  document.body.append(made);
  return made;
}
