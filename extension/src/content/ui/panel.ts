/** The history of the sender's own mail, below its text in the open conversation. */
import { h } from "../../shared/dom";
import { describe, formatTime, progressOf } from "../../server/mail-summary";
import type { HistoryEntry, MailHistory } from "../../server/tracked-mail";
import { whenTrusted } from "./trusted-event";
import { progressIcon } from "./progress-icon";
import { themeOf } from "./theme";

export interface PanelActions {
  mute: (muted: boolean) => void;
  stop: () => void;
}

export class Panel {
  private readonly root = h("details", { class: "sealbreak-panel" });
  private drawn = "";
  private asking = false;
  /** Why the last command is not known to be done; empty when there is nothing to say. */
  private problem = "";
  private history: MailHistory | null = null;

  constructor(
    private readonly body: HTMLElement,
    private readonly actions: PanelActions,
    signal: AbortSignal,
  ) {
    // The host folds a mail when its header is clicked, and has shortcuts for single keys.
    for (const type of ["click", "keydown", "keypress"])
      this.root.addEventListener(type, (event) => { event.stopPropagation(); }, { signal });
    signal.addEventListener("abort", () => { this.root.remove(); });
  }

  get isPlaced(): boolean {
    return this.root.isConnected && this.root.previousElementSibling === this.body;
  }

  show(history: MailHistory): void {
    this.history = history;
    const theme = themeOf(this.body);
    const key = JSON.stringify([history, theme, this.asking, this.problem]);
    if (key !== this.drawn) {
      if (!this.drawn) this.root.open = history.entries.length > 0;
      this.drawn = key;
      this.root.dataset.theme = theme;
      this.draw(history);
    }
    if (!this.isPlaced) this.body.after(this.root);
  }

  /** The answer to the last command. Without a problem the history shows what was done. */
  answered(problem: string | null): void {
    this.problem = problem ?? "";
    this.redraw();
  }

  private redraw(): void {
    if (this.history) this.show(this.history);
  }

  private draw(history: MailHistory): void {
    const focused = this.root.querySelector<HTMLElement>(":focus")?.dataset.role;
    const unfolded = this.root.querySelector("details")?.open ?? false;
    this.root.replaceChildren(
      h("summary", {}, progressIcon(progressOf(history.mail)), h("span", {}, describe(history.mail))),
      ...entryLists(history, unfolded),
      ...(this.problem ? [h("p", { class: "sealbreak-problem", role: "alert" }, this.problem)] : []),
      this.foot(history),
    );
    if (focused) (this.control(focused) ?? this.control("ask"))?.focus();
  }

  private foot({ mail }: MailHistory): HTMLElement {
    if (mail.stopped) return h("p", { class: "sealbreak-foot" }, "Tracking was stopped. Its links still work.");
    if (this.asking) return this.question();
    const mute = h("button", { type: "button", role: "switch", "data-role": "mute", "aria-checked": String(mail.muted) }, "Mute alerts");
    mute.addEventListener("click", whenTrusted(() => { this.actions.mute(!mail.muted); }));
    return h("div", { class: "sealbreak-foot" }, mute, this.button("ask", "Stop tracking this mail", () => { this.ask(true); }));
  }

  private question(): HTMLElement {
    return h(
      "div",
      { class: "sealbreak-foot", role: "group", "aria-label": "Stop tracking this mail" },
      h("span", {}, "Stop permanently? Later opens and clicks are not recorded; links still work."),
      this.button("stop", "Stop", () => { this.asking = false; this.actions.stop(); }),
      this.button("keep", "Keep tracking", () => { this.ask(false); }),
    );
  }

  private button(role: string, text: string, run: () => void): HTMLElement {
    const made = h("button", { type: "button", "data-role": role }, text);
    made.addEventListener("click", whenTrusted(run));
    return made;
  }

  private ask(asking: boolean): void {
    this.asking = asking;
    this.redraw();
    this.control(asking ? "keep" : "ask")?.focus();
  }

  private control(role: string): HTMLElement | null {
    return this.root.querySelector<HTMLElement>(`[data-role="${role}"]`);
  }
}

function entryLists({ entries }: MailHistory, unfolded: boolean): HTMLElement[] {
  const people = entries.filter(({ byMachine }) => !byMachine);
  const machines = entries.filter(({ byMachine }) => byMachine);
  const parts = people.length > 0 ? [entryList(people)] : [];
  if (machines.length === 0) return parts;
  const count = machines.length === 1 ? "1 automated request" : `${machines.length} automated requests`;
  return [...parts, h("details", { open: unfolded }, h("summary", {}, count), entryList(machines))];
}

function entryList(entries: readonly HistoryEntry[]): HTMLElement {
  return h("ul", { tabindex: "-1" }, ...entries.map(entryItem));
}

function entryItem({ kind, time, sentence, url }: HistoryEntry): HTMLElement {
  return h(
    "li",
    { "data-kind": kind },
    h("time", { datetime: time }, formatTime(time)),
    h("span", {}, sentence),
    url === null ? null : h("span", { class: "sealbreak-url" }, url),
  );
}
