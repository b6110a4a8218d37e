/** The switch in a compose window: tracked, not tracked, or cannot be tracked with the reason. */
import { SWITCH_NAME } from "../texts";
import type { ComposeWindow } from "../../hosts/host";
import type { OptionsMenu } from "./menu";
import { themeOf } from "./theme";

export interface SwitchView {
  state: "tracked" | "unsure" | "waiting" | "off" | "cannot";
  label: string;
  hint: string;
}

let count = 0;

export class TrackSwitch {
  private cell = element("div", "sealbreak-cell");
  /** The cell of Send that the switch was put behind. */
  private anchor: Element | null = null;
  private readonly button = document.createElement("button");
  private readonly label = element("span", "sealbreak-label");
  private readonly tip = element("span", "sealbreak-tip");

  constructor(
    private compose: ComposeWindow,
    toggled: () => void,
    menu: OptionsMenu,
    signal: AbortSignal,
  ) {
    this.build(menu);
    this.button.addEventListener("click", (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (event.isTrusted && this.button.dataset.state !== "cannot") toggled();
    }, { signal });
    // Enter and Space are meant for this button, but the host's shortcuts listen to keys in the whole window.
    this.button.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") event.stopPropagation();
      else if (event.key === "ArrowDown") menu.open(event);
    }, { signal });
    this.place(compose);
    signal.addEventListener("abort", () => { this.cell.remove(); });
  }

  /**
   * Follows the toolbar, which the host may draw late or replace. Stays where it is when only something else was
   * inserted beside Send: two extensions that both want this place would move for ever.
   */
  place(compose: ComposeWindow): void {
    this.compose = compose;
    const { root, toolbar } = compose;
    if (!toolbar) {
      if (!root.contains(this.cell)) this.move("div", (cell) => { root.append(cell); });
      return;
    }
    const { row, send } = toolbar;
    if (this.cell.parentElement === row && this.anchor === send) return;
    this.anchor = send;
    this.move(row.tagName === "TR" ? "td" : "div", (cell) => { row.insertBefore(cell, send?.nextSibling ?? null); });
  }

  show({ state, label, hint }: SwitchView): void {
    if (this.button.dataset.state === state && this.tip.textContent === hint && this.label.textContent === label) return;
    this.button.dataset.state = state;
    this.button.setAttribute("aria-checked", String(state === "tracked" || state === "unsure"));
    if (state === "cannot") this.button.setAttribute("aria-disabled", "true");
    else this.button.removeAttribute("aria-disabled");
    this.label.textContent = label;
    this.tip.textContent = hint;
    this.cell.dataset.theme = themeOf(this.compose.root);
  }

  private build(menu: OptionsMenu): void {
    const track = element("span", "sealbreak-track");
    track.append(element("span", "sealbreak-knob"));
    this.tip.id = `sealbreak-tip-${(count += 1)}`;
    this.button.type = "button";
    this.button.className = "sealbreak-switch";
    this.button.setAttribute("role", "switch");
    this.button.setAttribute("aria-label", SWITCH_NAME);
    this.button.setAttribute("aria-describedby", this.tip.id);
    this.button.append(track, this.label);
    this.tip.setAttribute("role", "tooltip");
    this.cell.append(this.button, menu.button, menu.menu, this.tip);
  }

  private move(tag: "td" | "div", insert: (cell: HTMLElement) => void): void {
    const isFocused = this.cell.contains(document.activeElement);
    const fresh = element(tag, "sealbreak-cell");
    fresh.dataset.theme = themeOf(this.compose.root);
    fresh.append(...this.cell.childNodes);
    this.cell.remove();
    this.cell = fresh;
    insert(fresh);
    if (fresh.parentElement === this.compose.root) this.floatOn(this.compose.root);
    if (isFocused) this.button.focus();
  }

  /** Without a known toolbar the switch lies over a corner of the window. */
  private floatOn(root: HTMLElement): void {
    this.cell.classList.add("sealbreak-chip");
    if (getComputedStyle(root).position === "static") this.cell.classList.add("sealbreak-chip-static");
  }
}

function element(tag: string, className: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}
