/** The content script: connects the host's page, the hook and the background. */
import type { HostPage } from "../hosts/host";
import { gmailPage } from "../hosts/gmail/page";
import type { Broadcast, SendReport } from "../messaging/messages";
import { acceptChannel, type HookReport, type PageChannel, type SendRequest, type SentReply } from "../messaging/page-channel";
import { askBackground, isAlive } from "./background-client";
import { ComposeControls } from "./compose/controls";
import { SendWatchdog } from "./compose/send-watchdog";
import { Drafts } from "./drafts";
import { MailStatus } from "./mail-status";
import { OwnViews } from "./own-views";
import { handleSend, parseSendRequest, withSentIds, type HandledMail } from "./send-handler";
import { MAX_RECIPIENTS } from "../tracking/registration";
import { NOTICE, outcomeText, tooManyText } from "./texts";
import { isSurprise, untracked, type Decision } from "../tracking/decision";
import type { OutgoingMail } from "../shared/outgoing-mail";
import { ReloadBar } from "./reload-bar";
import { showNotice } from "./ui/notice";
import { addStyles, removeLeftovers } from "./ui/styles/styles";

const ALIVE_CHECK_MS = 1000;
const MAX_SUBJECT = 998;

class ContentScript {
  /** Never aborted: notices outlive an update of the extension. */
  private readonly tab = new AbortController();
  private readonly end = new AbortController();
  /** The registrations of mails whose ids in the host's lists are not known yet, by draft. */
  private readonly reports = new Map<string, SendReport>();
  private readonly drafts = new Drafts(() => { this.refresh(); });
  private readonly ownViews = new OwnViews((ids) => void askBackground("views", { ids }));
  private readonly mailStatus: MailStatus;
  private readonly sendWatchdog: SendWatchdog;
  private readonly controls: ComposeControls;
  private readonly reloadBar = new ReloadBar();
  private isRefreshDue = false;
  /** The key that is down has changed a text: its release changes nothing more. */
  private isTyping = false;
  private aliveCheck: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly host: HostPage) {
    this.mailStatus = new MailStatus(host, this.end.signal);
    this.sendWatchdog = new SendWatchdog(host, () => { this.onMissed(); });
    this.controls = new ComposeControls(host, this.drafts, this.sendWatchdog, this.end.signal);
  }

  start(): void {
    const { signal } = this.end;
    removeLeftovers();
    acceptChannel((channel) => { this.listenOn(channel); });
    chrome.runtime.onMessage.addListener(this.onBroadcast);
    addStyles(this.tab.signal);
    signal.addEventListener("abort", () => { clearInterval(this.aliveCheck); });
    this.sendWatchdog.start(signal);
    this.host.onChanges(() => { this.onPageChange(); }, signal);
    for (const type of ["input", "click", "focusin", "keyup"])
      document.addEventListener(type, () => { this.onUserInput(type); }, { signal, passive: true });
  }

  private listenOn(channel: PageChannel): void {
    // Kept after an update of the extension: the user is told about mail that is then sent untracked.
    channel.on("ask", (payload, cancel) => { this.onSendRequest(channel, payload, cancel); });
    const listening = [
      channel.on("reply", (payload) => { this.onSentReply(payload); }),
      channel.on("report", (payload) => { this.onHookReport(payload); }),
    ];
    this.end.signal.addEventListener("abort", () => { for (const stop of listening) stop(); });
  }

  /**
   * The browser does not tell a content script that its extension was updated or turned off. Without a pairing no
   * mail is tracked, so the next click or key is early enough.
   */
  private setAliveCheck(on: boolean): void {
    if (on === (this.aliveCheck !== undefined)) return;
    clearInterval(this.aliveCheck);
    this.aliveCheck = on ? setInterval(() => { if (!isAlive()) this.shutDown(); }, ALIVE_CHECK_MS) : undefined;
  }

  /** The extension was updated, disabled or removed. */
  private shutDown(): void {
    if (this.end.signal.aborted) return;
    this.end.abort();
    this.reloadBar.show();
    if (isAlive()) chrome.runtime.onMessage.removeListener(this.onBroadcast);
  }

  private readonly onBroadcast = (message: Broadcast): void => {
    if (message.kind === "state") this.drafts.update(message.state);
    else if (message.kind === "news") this.mailStatus.refresh(true);
    else this.drafts.setOverrides(message.draftId, message.overrides);
  };

  /** The event is cancelled before anything else: this tells the hook that an answer will follow. */
  private onSendRequest(channel: PageChannel, payload: unknown, cancel: () => void): void {
    const request = parseSendRequest(payload);
    if (!request) return;
    if (!isAlive()) {
      this.afterOutdated(request);
      return;
    }
    cancel();
    for (const { draftId } of request.mails) this.sendWatchdog.sendSeen(draftId);
    const context = { host: this.host, drafts: this.drafts, shown: (draftId: string) => this.controls.shownFor(draftId) };
    void handleSend(channel, request, context).then(({ isTaken, handled }) => {
      for (const one of handled) if (isTaken) this.afterSent(one); else this.afterUntouched(one);
    });
  }

  /** The mail passes as it was written. The bar alone would not tell that this mail is not tracked. */
  private afterOutdated({ mails }: SendRequest): void {
    for (const { draftId, subject } of mails) this.compare({ draftId, subject }, this.controls.shownFor(draftId)?.decision ?? null, untracked("outdated"));
    this.shutDown();
  }

  private afterSent({ mail, shown, outcome, report }: HandledMail): void {
    void askBackground("notice", { kind: "recognised" });
    this.compare(mail, shown, outcome);
    if (!report) return;
    const { length } = mail.recipients;
    if (length > MAX_RECIPIENTS) this.tell(mail.subject, tooManyText(length));
    this.reports.set(mail.draftId, report);
    this.mailStatus.noteSent(mail.draftId, report.id);
    void askBackground("register", report);
  }

  /** The hook stopped waiting: the mail was sent as it was written. */
  private afterUntouched({ report }: HandledMail): void {
    if (report) void askBackground("withdraw", report);
  }

  /** Tells the user when a mail left in another way than its switch showed. */
  private compare({ draftId, subject }: Pick<OutgoingMail, "draftId" | "subject">, shown: Decision | null, outcome: Decision): void {
    if (isSurprise(shown, outcome)) this.tell(subject, outcomeText(shown, outcome, this.drafts.isChosen(draftId)));
  }

  /** In this tab, and for later in the popup. */
  private tell(subject: string, text: string): void {
    showNotice(text, subject, this.tab.signal);
    void askBackground("outcome", { subject: subject.slice(0, MAX_SUBJECT), text });
  }

  private onSentReply(payload: unknown): void {
    const { sent } = (payload ?? {}) as Partial<SentReply>;
    if (!Array.isArray(sent)) return;
    for (const ids of sent) {
      const report = this.reports.get(ids.draftId);
      this.reports.delete(ids.draftId);
      if (report) void askBackground("register", withSentIds(report, ids));
    }
  }

  private onHookReport(payload: unknown): void {
    const report = (payload ?? {}) as Partial<HookReport>;
    if (!isAlive() || !this.drafts.state.signedIn) return;
    if (report.kind === "unreadable" || report.kind === "opaque") this.onUnreadable(report);
    else if (report.kind === "undone" || report.kind === "failed") this.onNotSent(report.draftIds, report.kind === "undone");
    else if (report.kind === "late" && Array.isArray(report.mails))
      for (const { draftId, subject } of report.mails)
        this.compare({ draftId, subject }, this.controls.shownFor(draftId)?.decision ?? null, untracked("late"));
  }

  private onNotSent(draftIds: unknown, isUndone: boolean): void {
    if (!Array.isArray(draftIds)) return;
    for (const draftId of draftIds as string[]) {
      this.sendWatchdog.sendSeen(draftId);
      this.reports.delete(draftId);
      void askBackground("not-sent", { draftId, isUndone });
    }
  }

  /** Opaque requests may be frequent, and they may be no mails: one notice is enough. */
  private onUnreadable({ kind, shape }: Partial<HookReport & { shape: string }>): void {
    const isRepeated = kind === "opaque" && this.drafts.state.hostChanged;
    void askBackground("notice", { kind: "unreadable", shape: String(shape) });
    if (!isRepeated) showNotice(kind === "opaque" ? NOTICE.opaque : NOTICE.unreadable, null, this.tab.signal);
  }

  private onMissed(): void {
    if (!this.drafts.state.signedIn) return;
    void askBackground("notice", { kind: "missed" });
    showNotice(NOTICE.missed, null, this.tab.signal);
  }

  /** Once for the events of one key press. They change compose windows only, so the rows stay as they are. */
  private onUserInput(type: string): void {
    const isSettled = type === "keyup" && this.isTyping;
    this.isTyping = type === "input";
    if (this.isRefreshDue || isSettled) return;
    this.isRefreshDue = true;
    setTimeout(() => {
      this.isRefreshDue = false;
      if (!isAlive()) this.shutDown();
      else this.controls.refresh();
    });
  }

  private onPageChange(): void {
    this.controls.update();
    this.refresh();
    this.ownViews.update(this.drafts.state.own);
  }

  private refresh(): void {
    if (!isAlive()) {
      this.shutDown();
      return;
    }
    this.setAliveCheck(this.drafts.state.signedIn);
    this.mailStatus.update(this.drafts.state.own, this.drafts.state.signedIn);
    this.controls.refresh();
  }
}

new ContentScript(gmailPage).start();
