/** The content script: connects the host's page, the hook and the background. */
import type { HostPage } from "../hosts/host";
import { gmailPage } from "../hosts/gmail/page";
import type { Broadcast, SendReport } from "../messaging/messages";
import { acceptChannel, type HookReport, type PageChannel, type SentReply } from "../messaging/page-channel";
import { askBackground, isAlive } from "./background-client";
import { ComposeControls } from "./compose/controls";
import { SendWatchdog } from "./compose/send-watchdog";
import { Drafts } from "./drafts";
import { MailStatus } from "./mail-status";
import { OwnViews } from "./own-views";
import { handleSend, parseSendRequest, withSentIds, type HandledMail } from "./send-handler";
import { NOTICE } from "./texts";
import { showNotice } from "./ui/notice";
import { addStyles, removeLeftovers } from "./ui/styles/styles";

class ContentScript {
  private readonly end = new AbortController();
  /** The registrations of mails whose ids in the host's lists are not known yet, by draft. */
  private readonly reports = new Map<string, SendReport>();
  private readonly drafts = new Drafts(() => { this.refresh(); });
  private readonly ownViews = new OwnViews((ids) => void askBackground("views", { ids }));
  private readonly mailStatus: MailStatus;
  private readonly sendWatchdog = new SendWatchdog(() => void askBackground("notice", { kind: "missed" }));
  private readonly controls: ComposeControls;
  private isRefreshDue = false;

  constructor(private readonly host: HostPage) {
    this.mailStatus = new MailStatus(host, this.end.signal);
    this.controls = new ComposeControls(host, this.drafts, this.sendWatchdog, this.end.signal);
  }

  start(): void {
    const { signal } = this.end;
    removeLeftovers();
    acceptChannel((channel) => { this.listenOn(channel); });
    chrome.runtime.onMessage.addListener(this.onBroadcast);
    addStyles(signal);
    this.host.onChanges(() => { this.onPageChange(); }, signal);
    for (const type of ["input", "click", "focusin", "keyup"])
      document.addEventListener(type, () => { this.onUserInput(); }, { signal, passive: true });
  }

  private listenOn(channel: PageChannel): void {
    const listening = [
      channel.on("ask", (payload, cancel) => { this.onSendRequest(channel, payload, cancel); }),
      channel.on("reply", (payload) => { this.onSentReply(payload); }),
      channel.on("report", (payload) => { this.onHookReport(payload); }),
    ];
    this.end.signal.addEventListener("abort", () => { for (const stop of listening) stop(); });
  }

  /** The extension was updated, disabled or removed. */
  private shutDown(): void {
    this.end.abort();
    if (isAlive()) chrome.runtime.onMessage.removeListener(this.onBroadcast);
  }

  private readonly onBroadcast = (message: Broadcast): void => {
    if (message.kind === "state") this.drafts.update(message.state);
    else if (message.kind === "news") this.mailStatus.refresh(true);
    else this.drafts.setOverrides(message.draftId, message.overrides);
  };

  /** The event is cancelled before anything else: this tells the hook that an answer will follow. */
  private onSendRequest(channel: PageChannel, payload: unknown, cancel: () => void): void {
    const request = isAlive() ? parseSendRequest(payload) : null;
    if (!request) return;
    cancel();
    this.sendWatchdog.sendSeen();
    const context = { host: this.host, drafts: this.drafts, confidential: this.controls.confidential };
    void handleSend(channel, request, context).then(({ isTaken, handled }) => {
      for (const one of handled) if (isTaken) this.afterSent(one); else this.afterUntouched(one);
    });
  }

  private afterSent({ mail, reason, report }: HandledMail): void {
    void askBackground("notice", { kind: "recognised" });
    if (reason && reason in NOTICE) this.notify(reason as keyof typeof NOTICE);
    if (!report) return;
    this.reports.set(mail.draftId, report);
    void askBackground("register", report);
  }

  /** The hook stopped waiting: the mail was sent as it was written. */
  private afterUntouched({ report }: HandledMail): void {
    if (report) void askBackground("withdraw", { draftId: report.draftId, id: report.id });
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
    const { kind } = (payload ?? {}) as Partial<HookReport>;
    if (kind !== "unreadable" && kind !== "late") return;
    if (!isAlive() || !this.drafts.state.signedIn) return;
    if (kind === "unreadable") void askBackground("notice", { kind });
    this.notify(kind);
  }

  private notify(kind: keyof typeof NOTICE): void {
    showNotice(NOTICE[kind], this.end.signal);
  }

  /** Once for the events of one key press. They change compose windows only, so the rows stay as they are. */
  private onUserInput(): void {
    if (this.isRefreshDue) return;
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
    this.mailStatus.update(this.drafts.state.own, this.drafts.state.signedIn);
    this.controls.refresh();
  }
}

new ContentScript(gmailPage).start();
