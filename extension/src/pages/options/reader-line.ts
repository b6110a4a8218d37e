/** The options of the line that leads recipients to their page. */
import type { Settings } from "../../shared/settings";
import { byId } from "../page";
import { TYPING_MS } from "./list-field";

type Change = Partial<Pick<Settings, "readerLine" | "readerLineText">>;

export class ReaderLine {
  private readonly choice = byId("readerLine", HTMLSelectElement);
  private readonly text = byId("readerLineText", HTMLTextAreaElement);
  /** The text as this page last read or saved it. */
  private saved = "";
  private typing: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly onChange: (change: Change) => void) {
    this.choice.addEventListener("change", () => { onChange({ readerLine: this.choice.value as Settings["readerLine"] }); });
    this.text.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => { this.save(); }, TYPING_MS);
    });
    // Shows what was saved: an empty text brings the first one back.
    this.text.addEventListener("blur", () => { if (!this.save()) this.text.value = this.saved; });
  }

  /** Does not disturb who is typing. */
  show({ readerLine, readerLineText }: Settings): void {
    this.choice.value = readerLine;
    byId("line-domains", HTMLElement).hidden = readerLine !== "domains";
    this.saved = readerLineText;
    if (document.activeElement !== this.text) this.text.value = readerLineText;
  }

  /** The page may be closed while the text is typed. False when nothing was changed. */
  save(): boolean {
    clearTimeout(this.typing);
    if (this.text.value === this.saved) return false;
    this.onChange({ readerLineText: this.text.value });
    return true;
  }
}
