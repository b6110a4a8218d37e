/** A text field with a list of entries. What is typed is saved entry by entry, since other pages may change the list too. */

export interface Written {
  entries: string[];
  /** What is no entry, as it was typed. */
  refused: string[];
}

interface Options {
  field: HTMLTextAreaElement;
  problem: HTMLElement;
  read: (text: string) => Written;
  /** As an entry is written in the field. */
  format: (entry: string) => string;
  /** What a refused entry is not. */
  expected: string;
  save: (changes: { add: string[]; remove: string[] }) => void;
  /** Shows what others changed while the user was in the field. */
  reload: () => void;
}

/** What is typed is saved after this pause. */
export const TYPING_MS = 400;

export class ListField {
  /** The list as this page last read or saved it. */
  private saved: readonly string[] = [];
  /** What is in the field and was stored, or is no entry. */
  private shown = "";
  private refused: readonly string[] = [];
  private typing: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: Options) {
    const { field } = options;
    field.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => { this.save(); }, TYPING_MS);
    });
    field.addEventListener("blur", () => { if (!this.save()) options.reload(); });
  }

  /** Does not disturb who is typing. */
  show(entries: readonly string[]): void {
    const { field, format } = this.options;
    if (document.activeElement === field) return;
    field.value = this.shown = [...entries.map(format), ...this.refused].join("\n");
    this.saved = entries;
  }

  /** Saves what was added and removed here. False when nothing was. */
  save(): boolean {
    clearTimeout(this.typing);
    const { field, read, save } = this.options;
    if (field.value === this.shown) return false;
    this.shown = field.value;
    const { entries, refused } = read(field.value);
    this.showRefused(refused);
    const add = entries.filter((entry) => !this.saved.includes(entry));
    const remove = this.saved.filter((entry) => !entries.includes(entry));
    if (add.length === 0 && remove.length === 0) return false;
    this.saved = entries;
    save({ add, remove });
    return true;
  }

  /** What is no entry stays in the field, and is named. */
  private showRefused(refused: readonly string[]): void {
    this.refused = refused;
    const { field, problem, expected } = this.options;
    const names = refused.map((one) => `\u201c${one}\u201d`).join(", ");
    problem.textContent = refused.length === 0 ? "" : `Not on the list, since it is ${expected}: ${names}`;
    field.setAttribute("aria-invalid", String(refused.length > 0));
  }
}
