/** The conversations of a list, and the mark on each of them. */
import { describe, progressOf, type TrackedMail } from "../../../server/tracked-mail";
import { progressIcon } from "../../../content/ui/progress-icon";
import { LIST_ROW, PEOPLE_CELL, THREAD_ID } from "../selectors";
import { themeOf } from "../../../content/ui/theme";

/** Of every conversation on the page, listed or opened. */
export function threadIds(): string[] {
  const found = document.querySelectorAll(`[${THREAD_ID}]`);
  return [...new Set([...found].map((element) => element.getAttribute(THREAD_ID) ?? ""))].filter(Boolean);
}

/** Draws what is missing and takes away what is wrong: Gmail draws its rows anew, and uses old ones again. */
export function markRows(mailOf: (threadId: string) => TrackedMail | null): void {
  const rows = document.querySelectorAll<HTMLElement>(LIST_ROW);
  const [first] = rows;
  if (!first) return;
  const theme = themeOf(first);
  for (const row of rows) {
    const threadId = row.querySelector(`[${THREAD_ID}]`)?.getAttribute(THREAD_ID);
    mark(row, threadId ? mailOf(threadId) : null, theme);
  }
}

export function unmarkRows(): void {
  for (const old of document.querySelectorAll(`.${MARK}`)) old.remove();
}

const MARK = "sealbreak-mark";

/** Over the space that Gmail leaves beside the people: nothing in the row moves. */
function mark(row: HTMLElement, mail: TrackedMail | null, theme: string): void {
  const [old, ...surplus] = row.querySelectorAll<HTMLElement>(`.${MARK}`);
  for (const one of surplus) one.remove();
  const cell = row.querySelector(PEOPLE_CELL);
  if (!mail || !cell) {
    old?.remove();
    return;
  }
  const text = `Sealbreak: ${describe(mail)}`;
  const key = [mail.id, progressOf(mail), theme, text].join(" ");
  if (old?.dataset.key === key && old.parentElement === cell) return;
  const fresh = old ?? document.createElement("span");
  fresh.className = MARK;
  fresh.dataset.key = key;
  fresh.dataset.theme = theme;
  fresh.title = text;
  fresh.setAttribute("role", "img");
  fresh.setAttribute("aria-label", text);
  fresh.replaceChildren(progressIcon(progressOf(mail)));
  if (fresh.parentElement !== cell) cell.append(fresh);
}
