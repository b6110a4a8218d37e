/** The style of marks in lists and of the panel below a mail. */
export const HISTORY_CSS = `
td:has(> .sealbreak-mark) { position: relative; }
.sealbreak-mark { position: absolute; inset-inline-end: 8px; top: 0; bottom: 0; display: flex; align-items: center; pointer-events: auto; }
.sealbreak-icon { --mark: #5f6368; --cut: #fff; flex: none; width: 16px; height: 16px; fill: none; stroke: var(--mark); stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.sealbreak-icon[data-progress="opened"], .sealbreak-icon[data-progress="clicked"] { --mark: #a82a1b; }
.sealbreak-icon .sealbreak-solid { fill: var(--mark); stroke: none; }
.sealbreak-icon .sealbreak-cut { fill: var(--cut); stroke: none; }
[data-theme="dark"] > .sealbreak-icon, [data-theme="dark"] > summary > .sealbreak-icon { --mark: #bdc1c6; --cut: #38100a; }
[data-theme="dark"] > .sealbreak-icon:is([data-progress="opened"], [data-progress="clicked"]),
[data-theme="dark"] > summary > .sealbreak-icon:is([data-progress="opened"], [data-progress="clicked"]) { --mark: #f2867a; }
.sealbreak-panel {
  --ink: #3c4043; --soft: #5f6368; --line: #e0d8d3; --ground: #fbf8f6; --seal: #a82a1b; --focus: #0b57d0;
  box-sizing: border-box; max-width: 640px; margin: 16px 0 8px; padding: 0 14px; border: 1px solid var(--line); border-radius: 10px;
  background: var(--ground); color: var(--ink); font: 400 13px/1.45 "Google Sans", Roboto, system-ui, sans-serif; text-align: start;
}
.sealbreak-panel[data-theme="dark"] { --ink: #e3e3e3; --soft: #b4b0ad; --line: #4b4643; --ground: #282524; --seal: #f2867a; --focus: #a8c7fa; }
.sealbreak-panel summary { cursor: pointer; user-select: none; border-radius: 6px; }
.sealbreak-panel > summary { display: flex; align-items: center; gap: 10px; min-height: 42px; font-weight: 500; list-style: none; }
.sealbreak-panel > summary::-webkit-details-marker { display: none; }
.sealbreak-panel > summary::after { content: ""; width: 6px; height: 6px; margin-inline: auto 4px; border: solid var(--soft); border-width: 0 1.5px 1.5px 0; transform: translateY(-2px) rotate(45deg); }
.sealbreak-panel[open] > summary::after { transform: translateY(2px) rotate(225deg); }
.sealbreak-panel :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.sealbreak-panel ul { max-height: 190px; margin: 0; padding: 2px 0 6px; overflow-y: auto; list-style: none; }
.sealbreak-panel li { display: grid; grid-template-columns: minmax(150px, max-content) 1fr; gap: 0 12px; margin: 0; padding: 4px 0; }
.sealbreak-panel time { color: var(--soft); white-space: nowrap; font-variant-numeric: tabular-nums; }
.sealbreak-url { grid-column: 2; direction: ltr; overflow: hidden; color: var(--soft); font-size: 12px; text-overflow: ellipsis; white-space: nowrap; }
.sealbreak-panel:dir(rtl) .sealbreak-url { text-align: right; }
.sealbreak-panel details { padding: 2px 0 6px; color: var(--soft); }
.sealbreak-problem { margin: 0; padding: 0 0 9px; color: var(--seal); }
.sealbreak-foot { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin: 0; padding: 9px 0 11px; border-top: 1px solid var(--line); color: var(--soft); }
.sealbreak-foot span { flex: 1 1 220px; }
.sealbreak-foot button {
  height: 28px; margin: 0; padding: 0 12px; border: 1px solid var(--line); border-radius: 14px; background: transparent; color: var(--ink);
  font: 500 12px/1 "Google Sans", Roboto, system-ui, sans-serif; cursor: pointer;
}
.sealbreak-foot button:hover { border-color: var(--soft); }
.sealbreak-foot button[data-role="ask"] { margin-inline-start: auto; border-color: transparent; color: var(--soft); }
.sealbreak-foot button[data-role="ask"]:hover, .sealbreak-foot button[data-role="stop"] { color: var(--seal); }
.sealbreak-foot button[data-role="stop"] { border-color: var(--seal); }
.sealbreak-foot button[role="switch"]::before { content: ""; display: inline-block; width: 8px; height: 8px; margin-inline-end: 8px; border: 1.5px solid var(--soft); border-radius: 50%; }
.sealbreak-foot button[aria-checked="true"] { border-color: var(--seal); color: var(--seal); }
.sealbreak-foot button[aria-checked="true"]::before { border-color: var(--seal); background: var(--seal); }
@media (forced-colors: active) { .sealbreak-icon { --mark: CanvasText; --cut: Canvas; } }
`;
