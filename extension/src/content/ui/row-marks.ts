/** The mark on each listed conversation that contains a tracked mail. */
import type { ListRow } from "../../hosts/host";
import { describe, progressOf } from "../../server/mail-summary";
import type { TrackedMail } from "../../server/tracked-mail";
import { h } from "../../shared/dom";
import { progressIcon } from "./progress-icon";
import { themeOf } from "./theme";

const MARK = "sealbreak-mark";

/** Adds missing marks and removes wrong ones: the host redraws its rows, and reuses old ones. */
export function markRows(rows: readonly ListRow[], mailOf: (threadId: string) => TrackedMail | null): void {
  const [first] = rows;
  if (!first) return;
  const theme = themeOfRows(first.row);
  for (const row of rows) mark(row, row.threadId ? mailOf(row.threadId) : null, theme);
}

/** How long a theme is believed: to ask for it makes the browser compute the style of a page that is being redrawn. */
const THEME_MS = 1000;
let known = { theme: "", at: -THEME_MS };

function themeOfRows(row: HTMLElement): string {
  const now = performance.now();
  if (now - known.at >= THEME_MS) known = { theme: themeOf(row), at: now };
  return known.theme;
}

export function unmarkRows(): void {
  for (const old of document.querySelectorAll(`.${MARK}`)) old.remove();
}

interface Mark {
  mail: TrackedMail;
  theme: string;
  element: HTMLElement;
}

/** The mark of each row, and the newest mark of each mail. The host often replaces a row by one that looks the same. */
const ofRow = new WeakMap<HTMLElement, Mark>();
const ofMail = new WeakMap<TrackedMail, Mark>();

/** The mark lies over free space in the cell: nothing in the row moves. */
function mark({ row, markCell: cell }: ListRow, mail: TrackedMail | null, theme: string): void {
  const wanted = mail && cell ? markFor(row, mail, theme) : null;
  const found = row.getElementsByClassName(MARK);
  if (found.length > 1 || found[0] !== wanted) for (const other of [...found]) if (other !== wanted) other.remove();
  if (wanted && wanted.parentElement !== cell) cell?.append(wanted);
}

function markFor(row: HTMLElement, mail: TrackedMail, theme: string): HTMLElement {
  const last = ofRow.get(row);
  if (last && looksLike(last, mail, theme)) return last.element;
  const spare = ofMail.get(mail);
  const fresh = spare && looksLike(spare, mail, theme) && !spare.element.isConnected ? spare : { mail, theme, element: draw(mail, theme) };
  ofRow.set(row, fresh);
  ofMail.set(mail, fresh);
  return fresh.element;
}

/** The same mail arrives again with each answer of the server. */
function looksLike(made: Mark, mail: TrackedMail, theme: string): boolean {
  if (made.theme !== theme || made.mail.id !== mail.id) return false;
  return made.mail === mail || (made.element.title === labelOf(mail) && progressOf(made.mail) === progressOf(mail));
}

function draw(mail: TrackedMail, theme: string): HTMLElement {
  const label = labelOf(mail);
  const made = h("span", { class: MARK, title: label, role: "img", "aria-label": label, "data-theme": theme });
  made.append(progressIcon(progressOf(mail)));
  return made;
}

function labelOf(mail: TrackedMail): string {
  return `Sealbreak: ${describe(mail)}`;
}
