/** Sentences in a corner of the page that disappear by themselves. They lie above the host's own, which offers Undo. */

import { h } from "../../shared/dom";

const SHOWN_MS = 8000;
const PLACE = "sealbreak-notices";

/** `subject`: the mail that it is about; null when that is not known. */
export function showNotice(text: string, subject: string | null, signal: AbortSignal): void {
  if (signal.aborted) return;
  const about = subject === null ? null : h("strong", { dir: "auto" }, subject || "(no subject)");
  const notice = h("div", { class: "sealbreak-notice", role: "status" }, about, h("span", {}, text));
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
  const made = h("div", { class: PLACE });
  document.body.append(made);
  return made;
}
