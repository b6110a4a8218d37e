/** The style of the menu beside the switch. */
export const MENU_CSS = `
.sealbreak-more {
  --ink: #444746; display: inline-grid; place-items: center; vertical-align: middle; width: 28px; height: 28px; margin: 0; margin-inline-start: 2px; padding: 0;
  border: 0; border-radius: 50%; background: transparent; cursor: pointer;
}
.sealbreak-more::before { content: ""; width: 6px; height: 6px; border: solid var(--ink); border-width: 0 1.6px 1.6px 0; transform: translateY(-2px) rotate(45deg); }
.sealbreak-more:hover, .sealbreak-more[aria-expanded="true"] { background: rgba(68,71,70,.1); }
.sealbreak-more:focus-visible { outline: 2px solid #0b57d0; outline-offset: -1px; }
.sealbreak-menu {
  --ink: #1f1f1f; --soft: #5f6368; --line: #e3e3e3; --ground: #fff; --over: #f1f3f4; --seal: #a82a1b; --tick: #fff;
  position: fixed; inset: auto; box-sizing: border-box; width: 300px; margin: 0; padding: 6px; overflow-y: auto; border: 1px solid var(--line); border-radius: 10px;
  background: var(--ground); color: var(--ink); font: 400 13px/1.4 "Google Sans", Roboto, system-ui, sans-serif; text-align: start; box-shadow: 0 4px 16px rgba(0,0,0,.24);
}
.sealbreak-menu [role="group"] + [role="group"] { margin-top: 6px; padding-top: 6px; border-top: 1px solid var(--line); }
.sealbreak-head { padding: 5px 10px 3px; color: var(--soft); font-size: 11px; font-weight: 500; letter-spacing: .3px; }
.sealbreak-menu button {
  display: grid; grid-template-columns: 16px 1fr; gap: 10px; align-items: center; box-sizing: border-box; width: 100%; min-height: 32px; margin: 0; padding: 5px 10px;
  border: 0; border-radius: 6px; background: transparent; color: inherit; font: inherit; text-align: start; cursor: pointer;
}
.sealbreak-menu button:hover, .sealbreak-menu button:focus { background: var(--over); outline: none; }
.sealbreak-menu button:focus-visible { outline: 2px solid #0b57d0; outline-offset: -2px; }
.sealbreak-menu button > span { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.sealbreak-menu small { display: block; direction: ltr; overflow: hidden; color: var(--soft); font-size: 11px; text-overflow: ellipsis; }
.sealbreak-menu:dir(rtl) small { text-align: right; }
.sealbreak-menu [data-name^="link "] { padding-inline-start: 36px; }
.sealbreak-note { padding: 3px 10px 3px 36px; color: var(--soft); font-size: 11px; }
.sealbreak-menu:dir(rtl) .sealbreak-note { padding: 3px 36px 3px 10px; }
.sealbreak-check { box-sizing: border-box; display: grid; place-items: center; width: 16px; height: 16px; border: 1.5px solid var(--soft); border-radius: 4px; }
.sealbreak-menu [aria-checked="true"] > .sealbreak-check { border-color: var(--seal); background: var(--seal); }
.sealbreak-menu [aria-checked="true"] > .sealbreak-check::before { content: ""; width: 4px; height: 8px; border: solid var(--tick); border-width: 0 2px 2px 0; transform: translateY(-1px) rotate(45deg); }
[data-theme="dark"] > .sealbreak-more { --ink: #e3e3e3; }
[data-theme="dark"] > .sealbreak-more:hover, [data-theme="dark"] > .sealbreak-more[aria-expanded="true"] { background: rgba(255,255,255,.12); }
[data-theme="dark"] > .sealbreak-menu { --ink: #e3e3e3; --soft: #a8a8a8; --line: #4a4b4d; --ground: #2d2e30; --over: #3c4043; --seal: #f2867a; --tick: #38100a; }
@media (forced-colors: active) { .sealbreak-menu [aria-checked="true"] > .sealbreak-check { background: Highlight; forced-color-adjust: none; } .sealbreak-more::before { border-color: ButtonText; } }
`;
