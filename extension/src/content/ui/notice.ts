/** A sentence in a corner of the page that disappears by itself. */

const SHOWN_MS = 8000;

export function showNotice(text: string, signal: AbortSignal): void {
  if (signal.aborted) return;
  const notice = document.createElement("div");
  notice.className = "sealbreak-notice";
  notice.setAttribute("role", "status");
  notice.textContent = text;
  document.body.append(notice);
  const timer = setTimeout(() => { notice.remove(); }, SHOWN_MS);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    notice.remove();
  });
}
