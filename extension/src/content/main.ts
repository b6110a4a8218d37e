/** The bridge: joins Gmail's page, the editing of mails, and the worker. */
import { answer, readAsk, withSentIds, type Treated } from "./send-handler";
import { Drafts } from "./drafts";
import { menuGroups } from "./tracking-menu";
import { Story } from "./mail-status";
import { askWorker, isAlive } from "./background-client";
import { chosen, switched, type What } from "../shared/tracking-options";
import { whyUntracked, type Untracked } from "../tracking/policy";
import { findComposes, type Compose } from "../hosts/gmail/compose/compose";
import { draftLinks } from "../hosts/gmail/compose/draft-links";
import { ChoiceMenu, type MenuGroup } from "./ui/menu";
import { MissedSends } from "./send-watchdog";
import { showNotice } from "./ui/notice";
import { onChanges } from "../hosts/gmail/page-observer";
import { OwnViews } from "./own-views";
import { addStyles, removeLeftovers } from "./ui/styles/styles";
import { TrackSwitch, type SwitchView } from "./ui/switch";
import type { Broadcast, SendReport } from "../messaging/messages";
import { NOTICE, STATE_TEXT, TRACKED, WHY } from "./texts";
import { joinWire, type Reply, type Report, type Wire } from "../messaging/page-channel";

interface Drawn {
  compose: Compose;
  control: TrackSwitch;
  menu: ChoiceMenu;
  end: AbortController;
}

class Bridge {
  private readonly end = new AbortController();
  private readonly drawn = new Map<HTMLElement, Drawn>();
  /** Drafts last seen in confidential mode: Gmail closes the window before the mail leaves. */
  private readonly confidential = new Set<string>();
  private readonly reports = new Map<string, SendReport>();
  private readonly drafts = new Drafts(() => { this.refresh(); });
  private readonly views = new OwnViews((ids) => void askWorker("views", { ids }));
  private readonly story = new Story(this.end.signal);
  private readonly missed = new MissedSends(() => void askWorker("notice", { kind: "missed" }));

  start(): void {
    const { signal } = this.end;
    removeLeftovers();
    joinWire((wire) => { this.join(wire); });
    chrome.runtime.onMessage.addListener(this.told);
    addStyles(signal);
    onChanges(() => { this.look(); }, signal);
    for (const type of ["input", "click", "focusin", "keyup"])
      document.addEventListener(type, () => setTimeout(() => { this.refresh(); }), { signal, passive: true });
  }

  private join(wire: Wire): void {
    const listening = [
      wire.on("ask", (heard, cancel) => { this.asked(wire, heard, cancel); }),
      wire.on("reply", (heard) => { this.replied(heard); }),
      wire.on("report", (heard) => { this.reported(heard); }),
    ];
    this.end.signal.addEventListener("abort", () => { for (const stop of listening) stop(); });
  }

  /** The extension is gone: an update, or the end of it. */
  private leave(): void {
    this.end.abort();
    for (const { end } of this.drawn.values()) end.abort();
    if (isAlive()) chrome.runtime.onMessage.removeListener(this.told);
  }

  private readonly told = (message: Broadcast): void => {
    if (message.kind === "state") this.drafts.update(message.state);
    else if (message.kind === "news") this.story.catchUp(true);
    else this.drafts.setChoice(message.draftId, message.choice);
  };

  /** Cancelling, before anything else, tells the hook that an answer will come. */
  private asked(wire: Wire, heard: unknown, cancel: () => void): void {
    const ask = isAlive() ? readAsk(heard) : null;
    if (!ask) return;
    cancel();
    this.missed.recognised();
    void answer(wire, ask, this.drafts, this.confidential).then(({ taken, treated }) => {
      for (const one of treated) if (taken) this.left(one); else this.stayed(one);
    });
  }

  private left({ mail, reason, report }: Treated): void {
    void askWorker("notice", { kind: "recognised" });
    if (reason && reason in NOTICE) this.notify(reason as keyof typeof NOTICE);
    if (!report) return;
    this.reports.set(mail.draftId, report);
    void askWorker("register", report);
  }

  /** The hook waits no longer: the mail left as it was written. */
  private stayed({ report }: Treated): void {
    if (report) void askWorker("withdraw", { draftId: report.draftId, id: report.id });
  }

  private replied(heard: unknown): void {
    const { sent } = (heard ?? {}) as Partial<Reply>;
    if (!Array.isArray(sent)) return;
    for (const ids of sent) {
      const report = this.reports.get(ids.draftId);
      this.reports.delete(ids.draftId);
      if (report) void askWorker("register", withSentIds(report, ids));
    }
  }

  private reported(heard: unknown): void {
    const { kind } = (heard ?? {}) as Partial<Report>;
    if (kind !== "unreadable" && kind !== "late") return;
    if (!isAlive() || !this.drafts.state.signedIn) return;
    if (kind === "unreadable") void askWorker("notice", { kind });
    this.notify(kind);
  }

  private notify(kind: keyof typeof NOTICE): void {
    showNotice(NOTICE[kind], this.end.signal);
  }

  private look(): void {
    for (const [root, { control, end }] of this.drawn)
      if (!root.isConnected || !control.isPlaced) {
        end.abort();
        this.drawn.delete(root);
      }
    for (const compose of findComposes()) if (!this.drawn.has(compose.root)) this.draw(compose);
    this.refresh();
    this.views.look(this.drafts.state.own);
  }

  private draw(compose: Compose): void {
    const end = new AbortController();
    const menu = new ChoiceMenu(() => this.groups(compose), end.signal);
    const control = new TrackSwitch(compose, () => { this.toggle(compose); }, menu, end.signal);
    this.missed.watch(compose, this.end.signal);
    this.drawn.set(compose.root, { compose, control, menu, end });
  }

  private toggle(compose: Compose): void {
    const { draftId } = compose;
    if (draftId === null) return;
    const now = this.what(compose);
    void this.drafts.choose(draftId, switched(this.drafts.choice(draftId), !now.on, now));
  }

  private what({ draftId, recipients }: Compose): What {
    return chosen(this.drafts.choice(draftId), recipients, this.drafts.state.settings);
  }

  private groups(compose: Compose): MenuGroup[] {
    const { draftId, recipients, root } = compose;
    const { own, settings } = this.drafts.state;
    const links = draftLinks(root, own, { wrapUrlText: settings.urlText, skip: [] });
    const facts = { choice: this.drafts.choice(draftId), what: this.what(compose), links, recipients, settings };
    return menuGroups(facts, {
      choose: (choice) => { if (draftId !== null) void this.drafts.choose(draftId, choice); },
      remember: (domain, what) => { void askWorker("remember", { domain, what }); },
    });
  }

  private refresh(): void {
    if (!isAlive()) {
      this.leave();
      return;
    }
    this.story.look(this.drafts.state.own, this.drafts.state.signedIn);
    for (const { compose, control, menu } of this.drawn.values()) {
      const { draftId } = compose;
      if (draftId !== null) this.drafts.prepare(draftId);
      control.show(view(this.reason(compose, draftId), this.what(compose)));
      menu.redraw();
    }
  }

  private reason(compose: Compose, draftId: string | null): Untracked | null {
    const { signedIn, settings } = this.drafts.state;
    const { plainText, confidential, recipients } = compose;
    if (draftId !== null) this.confidential[confidential ? "add" : "delete"](draftId);
    const choice = this.drafts.choice(draftId);
    const reason = whyUntracked({ signedIn, choice, plainText, confidential, recipients }, settings);
    return reason ?? (draftId !== null && this.drafts.lacksSeal(draftId) ? "no-ids" : null);
  }
}

function view(reason: Untracked | null, { opens, links }: What): SwitchView {
  if (reason === null) return { state: "tracked", ...TRACKED[opens && links ? "all" : opens ? "opens" : "links"] };
  const state = reason === "off" ? "off" : "cannot";
  return { state, label: STATE_TEXT[state], hint: WHY[reason] };
}

new Bridge().start();
