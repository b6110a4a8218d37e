/** The conversations on Gmail's pages. */
import type { ListRow } from "../../host";
import { LIST_ROW, PEOPLE_CELL, THREAD_ID } from "../selectors";

export function threadIds(): string[] {
  const found = document.querySelectorAll(`[${THREAD_ID}]`);
  return [...new Set([...found].map((element) => element.getAttribute(THREAD_ID) ?? ""))].filter(Boolean);
}

export function listRows(): ListRow[] {
  return [...document.querySelectorAll<HTMLElement>(LIST_ROW)].map((row) => ({
    row,
    threadId: row.querySelector(`[${THREAD_ID}]`)?.getAttribute(THREAD_ID) ?? null,
    markCell: row.querySelector(PEOPLE_CELL),
  }));
}
