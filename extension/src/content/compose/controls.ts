/** The switch and the menu in each compose window. */
import type { ComposeWindow, DraftLink, HostPage } from "../../hosts/host";
import { NO_OVERRIDES, effectiveOptions, isNoOverride, withSwitch, type TrackingOptions, type TrackingOverrides } from "../../shared/tracking-options";
import { decide, type Decision } from "../../tracking/decision";
import { linkRulesFor, type LinkRules } from "../../tracking/body/links";
import { askBackground } from "../background-client";
import type { Drafts } from "../drafts";
import { OptionsMenu, type MenuGroup } from "../ui/menu";
import { TrackSwitch } from "../ui/switch";
import type { SendWatchdog } from "./send-watchdog";
import { ShownSwitches, type Shown } from "./shown-switches";
import { switchView } from "./switch-view";
import { menuGroups } from "./tracking-menu";

/** What a compose window contains at one moment: reading it searches the window. */
type Content = Pick<ComposeWindow, "plainText" | "confidential" | "subject" | "recipients">;

interface Drawn {
  compose: ComposeWindow;
  control: TrackSwitch;
  menu: OptionsMenu;
  /** The choice in a window whose draft has no id yet. */
  pending: TrackingOverrides;
  end: AbortController;
}

/** The menu shows choices that can be undone: it finds the links as if none was chosen. */
const IN_MENU = { skip: [], urlText: false };

/** How often a window whose draft has no id is looked at: the host may set the id without any event. */
const ID_CHECK_MS = 500;

export class ComposeControls {
  private readonly shown = new ShownSwitches();
  private readonly drawn = new Set<Drawn>();
  private idCheck: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly host: HostPage,
    private readonly drafts: Drafts,
    private readonly sendWatchdog: SendWatchdog,
    private readonly signal: AbortSignal,
  ) {
    addEventListener("online", () => { this.shown.online(performance.now()); }, { signal });
    signal.addEventListener("abort", () => { for (const { end } of this.drawn) end.abort(); });
  }

  /** What the switch of this mail showed last; null without a switch. */
  shownFor(draftId: string): Shown | null {
    return this.shown.take(draftId, (window) => isOpen(window as Drawn), performance.now());
  }

  /** Follows the compose windows on the page, and what the host draws again in them. */
  update(): void {
    const drawn = [...this.drawn];
    for (const compose of this.host.findComposeWindows()) {
      const known = drawn.find((one) => one.compose.isSame(compose));
      if (known) this.follow(known, compose);
      else this.draw(compose);
    }
    for (const one of this.drawn) if (!isOpen(one)) this.close(one);
  }

  private follow(drawn: Drawn, compose: ComposeWindow): void {
    drawn.compose = compose;
    drawn.control.place(compose);
    this.sendWatchdog.watch(compose);
  }

  private close(drawn: Drawn): void {
    drawn.end.abort();
    this.shown.close(drawn, performance.now(), navigator.onLine);
    this.drawn.delete(drawn);
  }

  /** Shows the current state of each draft. */
  refresh(): void {
    for (const drawn of this.drawn) {
      const { compose, control, menu } = drawn;
      const { draftId } = compose;
      // The host clears a form that it is about to remove: what was shown before counts.
      if (!isOpen(drawn)) continue;
      if (draftId !== null) this.adopt(drawn, draftId);
      const content = contentOf(compose);
      const decision = this.decide(drawn, content);
      control.show(switchView(decision, { isUnsure: this.drafts.state.hostChanged, recipients: content.recipients.length }));
      this.shown.record(drawn, draftId, { decision, confidential: content.confidential, overrides: this.overridesOf(drawn) });
      menu.redraw();
    }
    this.waitForIds(this.withoutId());
  }

  private withoutId(): number {
    return [...this.drawn].filter((drawn) => isOpen(drawn) && drawn.compose.draftId === null).length;
  }

  private waitForIds(waiting: number): void {
    if (waiting === 0 || !this.drafts.state.signedIn || this.idCheck !== null || this.signal.aborted) return;
    this.idCheck = setTimeout(() => {
      this.idCheck = null;
      const left = this.withoutId();
      if (left === waiting) this.waitForIds(left);
      else this.refresh();
    }, ID_CHECK_MS);
  }

  /** The draft has its id: it gets the choice that was made before. */
  private adopt(drawn: Drawn, draftId: string): void {
    this.drafts.prepare(draftId);
    if (isNoOverride(drawn.pending)) return;
    void this.drafts.saveOverrides(draftId, drawn.pending);
    drawn.pending = NO_OVERRIDES;
  }

  private draw(compose: ComposeWindow): void {
    const end = new AbortController();
    const menu = new OptionsMenu(() => this.menuGroupsFor(drawn), end.signal);
    const control = new TrackSwitch(compose, () => { this.toggle(drawn); }, menu, end.signal);
    const drawn: Drawn = { compose, control, menu, pending: NO_OVERRIDES, end };
    this.sendWatchdog.watch(compose);
    this.drawn.add(drawn);
  }

  private toggle(drawn: Drawn): void {
    const now = this.optionsFor(drawn, drawn.compose.recipients);
    this.choose(drawn, withSwitch(this.overridesOf(drawn), !now.on, now));
  }

  private choose(drawn: Drawn, overrides: TrackingOverrides): void {
    const { draftId } = drawn.compose;
    if (draftId !== null) {
      void this.drafts.saveOverrides(draftId, overrides);
      return;
    }
    drawn.pending = overrides;
    this.refresh();
  }

  private overridesOf({ compose: { draftId }, pending }: Drawn): TrackingOverrides {
    return draftId === null ? pending : this.drafts.overrides(draftId);
  }

  private optionsFor(drawn: Drawn, recipients: readonly string[]): TrackingOptions {
    return effectiveOptions(this.overridesOf(drawn), recipients, this.drafts.state.settings);
  }

  private menuGroupsFor(drawn: Drawn): MenuGroup[] {
    const content = contentOf(drawn.compose);
    const { recipients } = content;
    const facts = {
      overrides: this.overridesOf(drawn),
      decision: this.decide(drawn, content),
      options: this.optionsFor(drawn, recipients),
      links: this.linksIn(drawn, IN_MENU),
      recipients,
      settings: this.drafts.state.settings,
    };
    return menuGroups(facts, {
      override: (next) => { this.choose(drawn, next); },
      remember: (domain, options) => { void askBackground("remember", { domain, options }); },
      wrapUrlText: (on) => { void askBackground("wrap-url-text", { on }); },
      neverWrap: (domain, on) => { void askBackground("never-wrap", { domain, on }); },
    });
  }

  private linksIn(drawn: Drawn, changes: Partial<LinkRules> = {}): DraftLink[] {
    const { own, base, settings } = this.drafts.state;
    const rules = linkRulesFor(this.host.markup, settings, this.overridesOf(drawn), base);
    return drawn.compose.links(own, { ...rules, ...changes });
  }

  private decide(drawn: Drawn, content: Content): Decision {
    const { signedIn, base, settings } = this.drafts.state;
    const overrides = this.overridesOf(drawn);
    const { opens } = effectiveOptions(overrides, content.recipients, settings);
    // Links are counted only where their number decides: a large mail has many.
    const links = opens ? null : this.linksIn(drawn).filter((link) => link.decision === "wrap").length;
    const id = this.drafts.idState(drawn.compose.draftId);
    return decide({ signedIn, base, overrides, ...content, links, id }, settings);
  }
}

function contentOf({ plainText, confidential, subject, recipients }: ComposeWindow): Content {
  return { plainText, confidential, subject, recipients };
}

function isOpen({ compose: { root } }: Drawn): boolean {
  return root.isConnected;
}
