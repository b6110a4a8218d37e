/** The mark on each listed conversation that contains a tracked mail. */
import type { ListRow } from "../../hosts/host";
import { describe, progressOf } from "../../server/mail-summary";
import type { TrackedMail } from "../../server/tracked-mail";
import { progressIcon } from "./progress-icon";
import { themeOf } from "./theme";

const MARK = "sealbreak-mark";

/** Adds missing marks and removes wrong ones: the host redraws its rows, and reuses old ones. */
export function markRows(rows: readonly ListRow[], mailOf: (threadId: string) => TrackedMail | null): void {
  const [first] = rows;
  if (!first) return;
  const theme = themeOf(first.row);
  for (const row of rows) mark(row, row.threadId ? mailOf(row.threadId) : null, theme);
}

export function unmarkRows(): void {
  for (const old of document.querySelectorAll(`.${MARK}`)) old.remove();
}

interface Marked {
  mail: TrackedMail;
  theme: string;
  mark: HTMLElement;
}

/** What was drawn last in each row. The host redraws its page many times a second; most rows stay the same. */
const drawn = new WeakMap<HTMLElement, Marked>();

/** The mark lies over free space in the cell: nothing in the row moves. */
function mark({ row, markCell: cell }: ListRow, mail: TrackedMail | null, theme: string): void {
  const last = drawn.get(row);
  if (last?.mail === mail && last.theme === theme && last.mark.parentElement === cell && isOnlyMark(row)) return;
  drawn.delete(row);
  const [old, ...surplus] = row.querySelectorAll<HTMLElement>(`.${MARK}`);
  for (const one of surplus) one.remove();
  if (!mail || !cell) {
    old?.remove();
    return;
  }
  const text = `Sealbreak: ${describe(mail)}`;
  const key = [mail.id, progressOf(mail), theme, text].join(" ");
  const fresh = old ?? document.createElement("span");
  drawn.set(row, { mail, theme, mark: fresh });
  if (old?.dataset.key === key && old.parentElement === cell) return;
  fresh.className = MARK;
  fresh.dataset.key = key;
  fresh.dataset.theme = theme;
  fresh.title = text;
  fresh.setAttribute("role", "img");
  fresh.setAttribute("aria-label", text);
  fresh.replaceChildren(progressIcon(progressOf(mail)));
  if (fresh.parentElement !== cell) cell.append(fresh);
}

function isOnlyMark(row: HTMLElement): boolean {
  return row.getElementsByClassName(MARK).length === 1;
}
