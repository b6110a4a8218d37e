/** The conversations on Gmail's pages: in lists, and the open one, which a split pane shows beside its list. */
import type { ListRow } from "../../host";
import { isLegacyId } from "../ids";
import { LIST_ROW, PEOPLE_CELL, THREAD_ID } from "../selectors";

const NAMED = `[${THREAD_ID}]`;
/** Beside a vertical pane a conversation has up to three lines, each a row of the table. */
const MAX_LINES = 3;

export function threadIds(): string[] {
  return idsOf(document.querySelectorAll(NAMED));
}

/** Gmail keeps earlier lists in the page, hidden. */
export function threadIdsVisibleFirst(): string[] {
  const all = [...document.querySelectorAll(NAMED)];
  return idsOf([...all.filter(isOnScreen), ...all]);
}

function idsOf(elements: Iterable<Element>): string[] {
  return [...new Set([...elements].map((element) => element.getAttribute(THREAD_ID)))].filter(isLegacyId);
}

function isOnScreen(element: Element): boolean {
  const { width, top, bottom } = element.getBoundingClientRect();
  return width > 0 && bottom > 0 && top < innerHeight;
}

export function listRows(): ListRow[] {
  return [...document.querySelectorAll<HTMLElement>(LIST_ROW)].flatMap((row) => {
    const markCell = row.querySelector(PEOPLE_CELL);
    return markCell || !isLaterLine(row) ? [{ row, threadId: threadIdOf(row), markCell }] : [];
  });
}

/** The id stands on the subject or on the row itself; beside a vertical pane the subject is in a later line. */
function threadIdOf(row: Element): string | null {
  let line: Element | null = row;
  for (let count = 0; line && count < MAX_LINES; count += 1) {
    const named = line.matches(NAMED) ? line : line.querySelector(NAMED);
    const id = named?.getAttribute(THREAD_ID);
    if (named) return isLegacyId(id) ? id : null;
    line = line.nextElementSibling;
    if (line && !isLaterLine(line)) return null;
  }
  return null;
}

/** A conversation begins with the line that names people. */
function isLaterLine(row: Element): boolean {
  return row.previousElementSibling !== null && !row.querySelector(PEOPLE_CELL);
}
