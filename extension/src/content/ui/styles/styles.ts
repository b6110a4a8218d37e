/**
 * The style of everything that is drawn in the host's pages. An adopted style sheet works under the page's content
 * security policy in both browsers; style attributes and <style> in markup do not.
 */
import { HISTORY_CSS } from "./history-styles";
import { MENU_CSS } from "./menu-styles";

const SWITCH_CSS = `
.sealbreak-cell { position: relative; display: inline-flex; align-items: center; vertical-align: middle; padding-block: 0; padding-inline: 8px 4px; }
td.sealbreak-cell { display: table-cell; }
.sealbreak-cell.sealbreak-chip { position: absolute; inset-inline-end: 12px; bottom: 56px; z-index: 5; padding: 0; }
.sealbreak-cell.sealbreak-chip-static { position: relative; inset-inline-end: auto; bottom: auto; margin: 4px 12px; }
.sealbreak-switch {
  --line: #747775; --ink: #444746; --face: #fff; --knob: #747775; --track: #e3e3e3;
  display: inline-flex; align-items: center; gap: 8px; box-sizing: border-box; height: 28px; margin: 0; vertical-align: middle;
  padding-block: 0; padding-inline: 8px 11px; border: 1px solid var(--line); border-radius: 14px; background: var(--face);
  color: var(--ink); font: 500 12px/1 "Google Sans", Roboto, system-ui, sans-serif; letter-spacing: .1px;
  white-space: nowrap; cursor: pointer; user-select: none; transition: background .12s, border-color .12s;
}
.sealbreak-switch:hover { background: #f1f3f4; }
.sealbreak-switch:focus-visible { outline: 2px solid #0b57d0; outline-offset: 2px; }
.sealbreak-switch[data-state="tracked"] { --line: #b9412f; --ink: #8c2416; --face: #fdf1ee; --knob: #fff; --track: #b3261e; }
.sealbreak-switch[data-state="tracked"]:hover { background: #fbe3dd; }
.sealbreak-switch[data-state="cannot"] { --line: #c4c7c5; --ink: #5f6368; --knob: #9aa0a6; --track: #eceff1; border-style: dashed; cursor: help; }
.sealbreak-switch[data-state="waiting"] { border-style: dashed; }
.sealbreak-switch[data-state="unsure"] { --line: #b06000; --ink: #7a4100; --face: #fef7e0; --knob: #fff; --track: #b06000; }
.sealbreak-track { position: relative; flex: none; width: 26px; height: 14px; border-radius: 7px; background: var(--track); transition: background .12s; }
.sealbreak-knob { --way: 1; position: absolute; top: 2px; inset-inline-start: 2px; width: 10px; height: 10px; border-radius: 50%; background: var(--knob); transition: transform .12s, background .12s; }
.sealbreak-knob:dir(rtl) { --way: -1; }
.sealbreak-switch:is([data-state="tracked"], [data-state="unsure"]) .sealbreak-knob { transform: translateX(calc(12px * var(--way))); }
.sealbreak-switch[data-state="cannot"] .sealbreak-knob { transform: translateX(calc(6px * var(--way))); }
.sealbreak-tip {
  position: absolute; inset-inline-start: 8px; bottom: calc(100% + 8px); z-index: 10; width: max-content; max-width: 260px;
  padding: 8px 10px; border-radius: 6px; background: #303134; color: #f1f3f4; white-space: normal; text-align: start;
  font: 400 12px/1.4 "Google Sans", Roboto, system-ui, sans-serif; box-shadow: 0 2px 8px rgba(0,0,0,.3);
  visibility: hidden; opacity: 0; transition: opacity .12s .25s, visibility 0s .4s; pointer-events: none;
}
.sealbreak-switch:hover ~ .sealbreak-tip, .sealbreak-switch:focus-visible ~ .sealbreak-tip { visibility: visible; opacity: 1; transition: opacity .12s .25s; }
.sealbreak-cell[data-theme="dark"] .sealbreak-switch { --line: #8e918f; --ink: #e3e3e3; --face: transparent; --knob: #c4c7c5; --track: #444746; }
.sealbreak-cell[data-theme="dark"] .sealbreak-switch:hover { background: rgba(255,255,255,.08); }
.sealbreak-cell[data-theme="dark"] .sealbreak-switch:focus-visible { outline-color: #a8c7fa; }
.sealbreak-cell[data-theme="dark"] .sealbreak-switch[data-state="tracked"] { --line: #f2867a; --ink: #ffb4a9; --face: rgba(242,134,122,.12); --knob: #561108; --track: #f2867a; }
.sealbreak-cell[data-theme="dark"] .sealbreak-switch[data-state="unsure"] { --line: #fdd663; --ink: #fde293; --face: rgba(253,214,99,.12); --knob: #3c2a00; --track: #fdd663; }
.sealbreak-cell[data-theme="dark"] .sealbreak-switch[data-state="cannot"] { --line: #5f6368; --ink: #9aa0a6; --knob: #80868b; --track: #3c4043; }
.sealbreak-cell[data-theme="dark"] .sealbreak-tip { background: #e3e3e3; color: #202124; }
.sealbreak-notices {
  position: fixed; inset-inline-start: 24px; bottom: 88px; z-index: 2147483000; display: grid; gap: 8px; max-width: min(400px, 100vw - 48px); pointer-events: none;
}
.sealbreak-notice {
  box-sizing: border-box; padding: 14px 16px; overflow-wrap: anywhere; border-radius: 8px; border-inline-start: 4px solid #f2867a; background: #303134; color: #f1f3f4;
  font: 400 14px/1.45 "Google Sans", Roboto, system-ui, sans-serif; box-shadow: 0 4px 16px rgba(0,0,0,.35);
}
.sealbreak-notice strong { display: block; overflow: hidden; font-weight: 500; text-overflow: ellipsis; white-space: nowrap; }
.sealbreak-bar {
  position: fixed; inset-inline: 0; top: 0; z-index: 2147483000; display: flex; flex-wrap: wrap; align-items: center; justify-content: center;
  gap: 8px 16px; padding: 8px 16px; background: #7a4100; color: #fff; font: 400 14px/1.45 "Google Sans", Roboto, system-ui, sans-serif;
}
.sealbreak-bar button { padding: 4px 12px; border: 1px solid #fff; border-radius: 14px; background: transparent; color: #fff; font: inherit; cursor: pointer; }
.sealbreak-bar button:focus-visible { outline: 2px solid #fff; outline-offset: 2px; }
@media (prefers-reduced-motion: reduce) { .sealbreak-switch, .sealbreak-track, .sealbreak-knob, .sealbreak-tip { transition: none; } }
@media (forced-colors: active) { .sealbreak-track { border: 1px solid ButtonText; } .sealbreak-knob { background: ButtonText; } }
`;

/** Removes the style sheet when the signal is aborted. */
export function addStyles(signal: AbortSignal): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(SWITCH_CSS + MENU_CSS + HISTORY_CSS);
  try {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  } catch {
    // An unstyled switch still works; an exception here would stop the content script.
    return;
  }
  signal.addEventListener("abort", () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
  });
}

/** An update ends the previous content script of an open tab without an event, and its elements stay. */
export function removeLeftovers(): void {
  const drawn = document.querySelectorAll(".sealbreak-cell, .sealbreak-mark, .sealbreak-panel, .sealbreak-notices, .sealbreak-bar");
  for (const old of drawn) old.remove();
}
