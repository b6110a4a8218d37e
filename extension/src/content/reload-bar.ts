/** A bar that asks for a reload of the tab, after the extension was updated or turned off. */
import { RELOAD } from "./texts";
import { h } from "../shared/dom";

/** Names the newest content script of the tab. An update in Firefox starts one in open tabs, in Chromium it does not. */
const NEWEST = "data-sealbreak-script";
/** A new content script starts within this time, or never. */
const PAUSE_MS = 1500;

export class ReloadBar {
  private readonly name = crypto.randomUUID();

  constructor() {
    document.documentElement.setAttribute(NEWEST, this.name);
  }

  show(): void {
    setTimeout(() => {
      if (document.documentElement.getAttribute(NEWEST) !== this.name) return;
      const reload = h("button", { type: "button", onclick: () => { location.reload(); } }, RELOAD.action);
      document.body.append(h("div", { class: "sealbreak-bar", role: "alert" }, h("span", {}, RELOAD.text), reload));
    }, PAUSE_MS);
  }
}
