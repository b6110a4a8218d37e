/** The options of the line that leads recipients to their page. */
import { readDomains, type Settings } from "../../shared/settings";
import { byId } from "../page";

const choice = byId("readerLine", HTMLSelectElement);
const domains = byId("readerLineDomains", HTMLTextAreaElement);
const text = byId("readerLineText", HTMLTextAreaElement);

export function showReaderLine({ readerLine, readerLineDomains, readerLineText }: Settings): void {
  choice.value = readerLine;
  byId("line-domains", HTMLElement).hidden = readerLine !== "domains";
  if (document.activeElement !== domains) domains.value = readerLineDomains.join("\n");
  if (document.activeElement !== text) text.value = readerLineText;
}

/** `save` gets the options that changed. */
export function onReaderLine(save: (change: Partial<Settings>) => void): void {
  choice.addEventListener("change", () => {
    save({ readerLine: choice.value as Settings["readerLine"] });
  });
  const saveDomains = () => {
    save({ readerLineDomains: readDomains(domains.value).entries });
  };
  const saveText = () => {
    save({ readerLineText: text.value });
  };
  for (const [field, saveField] of [[domains, saveDomains], [text, saveText]] as const) field.addEventListener("change", saveField);
  // The page may be closed while the cursor is in the field.
  addEventListener("pagehide", () => {
    if (document.activeElement === domains) saveDomains();
    if (document.activeElement === text) saveText();
  });
}
