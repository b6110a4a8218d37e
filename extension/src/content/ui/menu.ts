/** The menu beside the switch: what is tracked in this mail, and what becomes the default. */
import { h } from "../../shared/dom";
import { whenTrusted } from "./trusted-event";

export interface MenuItem {
  /** Identifies the item when the menu is redrawn. */
  name: string;
  text: string;
  detail?: string;
  checked: boolean;
  run: () => void;
}

export interface MenuGroup {
  title: string;
  items: MenuItem[];
  /** Shown below the items. */
  notes?: string[];
}

const EDGE = 8;
const WIDTH = 300;
const MIN_HEIGHT = 240;

export class OptionsMenu {
  readonly button = h("button", {
    type: "button", class: "sealbreak-more", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": "What to track",
  });
  readonly menu = h("div", { class: "sealbreak-menu", role: "menu", "aria-label": "What to track", popover: "auto" });

  constructor(
    private readonly groups: () => MenuGroup[],
    signal: AbortSignal,
  ) {
    this.button.popoverTargetElement = this.menu;
    this.button.addEventListener("click", (event) => { event.stopPropagation(); }, { signal });
    this.button.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") this.open(event);
      else if (event.key === "Enter" || event.key === " ") event.stopPropagation();
    }, { signal });
    this.menu.addEventListener("beforetoggle", (event) => {
      if (event.newState === "open") this.prepare();
    }, { signal });
    this.menu.addEventListener("toggle", (event) => {
      this.button.setAttribute("aria-expanded", String(event.newState === "open"));
      if (event.newState === "open") this.items[0]?.focus();
    }, { signal });
    this.menu.addEventListener("keydown", (event) => { this.onKeyDown(event); }, { signal });
    for (const type of ["click", "mousedown", "keypress", "keyup"])
      this.menu.addEventListener(type, (event) => { event.stopPropagation(); }, { signal });
  }

  open(event: Event): void {
    event.preventDefault();
    event.stopPropagation();
    this.menu.showPopover();
  }

  /** Called when the available items may have changed. */
  redraw(): void {
    if (this.menu.matches(":popover-open")) this.draw();
  }

  private get items(): HTMLElement[] {
    return [...this.menu.querySelectorAll<HTMLElement>("[data-name]")];
  }

  private prepare(): void {
    this.draw();
    const { left, right, top, bottom } = this.button.getBoundingClientRect();
    const isAbove = top >= MIN_HEIGHT || top > innerHeight - bottom;
    const { style } = this.menu;
    const wanted = this.button.matches(":dir(rtl)") ? right - WIDTH : left;
    style.left = `${Math.max(EDGE, Math.min(wanted, innerWidth - WIDTH - EDGE))}px`;
    style.top = isAbove ? "auto" : `${bottom + EDGE}px`;
    style.bottom = isAbove ? `${innerHeight - top + EDGE}px` : "auto";
    style.maxHeight = `${(isAbove ? top : innerHeight - bottom) - 2 * EDGE}px`;
  }

  private draw(): void {
    const groups = this.groups().filter(({ items }) => items.length > 0);
    const key = JSON.stringify(groups);
    if (this.menu.dataset.key === key) return;
    this.menu.dataset.key = key;
    const focused = this.menu.querySelector<HTMLElement>(":focus")?.dataset.name;
    const { scrollTop } = this.menu;
    this.menu.replaceChildren(...groups.map(groupOf));
    this.menu.scrollTop = scrollTop;
    if (focused !== undefined) (this.items.find(({ dataset }) => dataset.name === focused) ?? this.items[0])?.focus();
  }

  private onKeyDown(event: KeyboardEvent): void {
    event.stopPropagation();
    const { items } = this;
    const at = items.findIndex((item) => item === document.activeElement);
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const next = moves[event.key];
    if (next !== undefined) {
      event.preventDefault();
      items.at(next % items.length)?.focus();
    } else if (event.key === "Tab" || event.key === "Escape") {
      event.preventDefault();
      this.menu.hidePopover();
      this.button.focus();
    }
  }
}

function groupOf({ title, items, notes = [] }: MenuGroup): HTMLElement {
  const head = h("div", { class: "sealbreak-head", "aria-hidden": "true" }, title);
  return h("div", { role: "group", "aria-label": title }, head, ...items.map(itemOf), ...notes.map((note) => h("div", { class: "sealbreak-note" }, note)));
}

function itemOf({ name, text, detail, checked, run }: MenuItem): HTMLElement {
  return h(
    "button",
    { type: "button", role: "menuitemcheckbox", "aria-checked": String(checked), tabindex: "-1", "data-name": name, onclick: whenTrusted(run) },
    h("span", { class: "sealbreak-check", "aria-hidden": "true" }),
    h("span", {}, text, detail ? h("small", {}, detail) : null),
  );
}
