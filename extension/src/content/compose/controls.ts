/** The switch and the menu in each compose window. */
import type { ComposeWindow, HostPage } from "../../hosts/host";
import { effectiveOptions, withSwitch, type TrackingOptions } from "../../shared/tracking-options";
import { whyUntracked, type Untracked } from "../../tracking/policy";
import { linkRulesFor } from "../../tracking/links";
import { askBackground } from "../background-client";
import type { Drafts } from "../drafts";
import { STATE_TEXT, TRACKED, WHY } from "../texts";
import { OptionsMenu, type MenuGroup } from "../ui/menu";
import { TrackSwitch, type SwitchView } from "../ui/switch";
import type { SendWatchdog } from "./send-watchdog";
import { menuGroups } from "./tracking-menu";

interface Drawn {
  compose: ComposeWindow;
  control: TrackSwitch;
  menu: OptionsMenu;
  end: AbortController;
}

/** The menu shows choices that can be undone: it finds the links as if none was chosen. */
const IN_MENU = { skip: [], urlText: false };

export class ComposeControls {
  /** Drafts last seen in confidential mode: the host closes the window before the mail is sent. */
  readonly confidential = new Set<string>();
  private readonly drawn = new Map<HTMLElement, Drawn>();

  constructor(
    private readonly host: HostPage,
    private readonly drafts: Drafts,
    private readonly sendWatchdog: SendWatchdog,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => { for (const { end } of this.drawn.values()) end.abort(); });
  }

  /** Follows the compose windows on the page. */
  update(): void {
    for (const [root, { control, end }] of this.drawn)
      if (!root.isConnected || !control.isPlaced) {
        end.abort();
        this.drawn.delete(root);
      }
    for (const compose of this.host.findComposeWindows()) if (!this.drawn.has(compose.root)) this.draw(compose);
  }

  /** Shows the current state of each draft. */
  refresh(): void {
    for (const { compose, control, menu } of this.drawn.values()) {
      const { draftId } = compose;
      if (draftId !== null) this.drafts.prepare(draftId);
      control.show(switchView(this.reason(compose, draftId), this.optionsFor(compose)));
      menu.redraw();
    }
  }

  private draw(compose: ComposeWindow): void {
    const end = new AbortController();
    const menu = new OptionsMenu(() => this.menuGroupsFor(compose), end.signal);
    const control = new TrackSwitch(compose, () => { this.toggle(compose); }, menu, end.signal);
    this.sendWatchdog.watch(compose, this.signal);
    this.drawn.set(compose.root, { compose, control, menu, end });
  }

  private toggle(compose: ComposeWindow): void {
    const { draftId } = compose;
    if (draftId === null) return;
    const now = this.optionsFor(compose);
    void this.drafts.saveOverrides(draftId, withSwitch(this.drafts.overrides(draftId), !now.on, now));
  }

  private optionsFor({ draftId, recipients }: ComposeWindow): TrackingOptions {
    return effectiveOptions(this.drafts.overrides(draftId), recipients, this.drafts.state.settings);
  }

  private menuGroupsFor(compose: ComposeWindow): MenuGroup[] {
    const { draftId, recipients } = compose;
    const { own, settings } = this.drafts.state;
    const overrides = this.drafts.overrides(draftId);
    const rules = linkRulesFor(this.host.markup, settings, overrides, own.at(-1)?.base ?? "");
    const links = compose.links(own, { ...rules, ...IN_MENU });
    const facts = { overrides, options: this.optionsFor(compose), links, recipients, settings };
    return menuGroups(facts, {
      override: (next) => { if (draftId !== null) void this.drafts.saveOverrides(draftId, next); },
      remember: (domain, options) => { void askBackground("remember", { domain, options }); },
      wrapUrlText: (on) => { void askBackground("wrap-url-text", { on }); },
      neverWrap: (domain, on) => { void askBackground("never-wrap", { domain, on }); },
    });
  }

  private reason(compose: ComposeWindow, draftId: string | null): Untracked | null {
    const { signedIn, settings } = this.drafts.state;
    const { plainText, confidential, recipients } = compose;
    if (draftId !== null) this.confidential[confidential ? "add" : "delete"](draftId);
    const overrides = this.drafts.overrides(draftId);
    const reason = whyUntracked({ signedIn, overrides, plainText, confidential, recipients }, settings);
    return reason ?? (draftId !== null && this.drafts.lacksTrackingId(draftId) ? "no-ids" : null);
  }
}

function switchView(reason: Untracked | null, { opens, links }: TrackingOptions): SwitchView {
  if (reason === null) return { state: "tracked", ...TRACKED[opens && links ? "all" : opens ? "opens" : "links"] };
  const state = reason === "off" ? "off" : "cannot";
  return { state, label: STATE_TEXT[state], hint: WHY[reason] };
}
