/** Shows the tracking status of the mails on the page: marks in lists and panels below open mails. */
import type { HostPage, OpenMessage } from "../hosts/host";
import { Panel } from "./ui/panel";
import { markRows, unmarkRows } from "./ui/row-marks";
import type { Identity } from "../tracking/addresses/urls";
import { newestOf } from "../server/mail-summary";
import type { MailHistory, TrackedMail } from "../server/tracked-mail";
import type { Confirmation } from "../messaging/messages";
import { askBackground } from "./background-client";
import { UNANSWERED, unconfirmedText } from "./texts";
import { ListedMails } from "./listed-mails";

/** How often a visible tab asks for news. */
const REFRESH_MS = 5000;

interface DrawnPanel {
  id: string;
  panel: Panel;
  end: AbortController;
}

export class MailStatus {
  private readonly listed: ListedMails;
  private readonly histories = new Map<string, MailHistory | null>();
  private readonly panels = new Map<HTMLElement, DrawnPanel>();
  private own: readonly Identity[] = [];
  private signedIn = false;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly host: HostPage,
    private readonly signal: AbortSignal,
  ) {
    this.listed = new ListedMails(host, () => { this.draw(); }, signal);
    signal.addEventListener("abort", () => {
      clearInterval(this.timer);
      unmarkRows();
      for (const { end } of this.panels.values()) end.abort();
    });
    document.addEventListener("visibilitychange", () => { this.refresh(true); }, { signal });
  }

  /** Called after each change of the page or the account. */
  update(own: readonly Identity[], signedIn: boolean): void {
    this.own = own;
    if (this.signedIn !== signedIn) this.setPolling(signedIn);
    this.signedIn = signedIn;
    if (signedIn && this.listed.isOld) this.refresh();
    this.draw();
  }

  /** Without a pairing there is nothing to ask for. */
  private setPolling(on: boolean): void {
    clearInterval(this.timer);
    if (on) this.timer = setInterval(() => { this.refresh(); }, REFRESH_MS);
  }

  /** `again` also fetches the details of open mails again. */
  refresh(again = false): void {
    if (!this.signedIn || document.hidden) return;
    if (again) this.refetch();
    void this.listed.fetch();
  }

  /** A mail was sent from this tab: its conversation may be open. */
  noteSent(draftId: string, id: string): void {
    this.listed.noteSent(draftId, id);
  }

  private refetch(): void {
    const shown = new Set([...this.panels.values()].map(({ id }) => id));
    for (const [id, history] of this.histories)
      if (shown.has(id)) void this.fetch(id);
      // Fetched again when the mail is opened again.
      else if (history) this.histories.delete(id);
      else void this.fetch(id);
  }

  private draw(): void {
    markRows(this.host.listRows(), (threadId) => (this.signedIn ? newestOf(this.listed.in(threadId)) : null));
    for (const [body, { end }] of this.panels)
      if (!body.isConnected || !this.signedIn) {
        end.abort();
        this.panels.delete(body);
      }
    if (this.signedIn) for (const opened of this.host.findOpenMessages(this.own)) this.drawPanel(opened);
  }

  private drawPanel(opened: OpenMessage): void {
    const id = this.listed.idOf(opened);
    const history = id === null ? null : this.historyOf(id);
    const wanted = history && isThatMail(opened, history.mail) ? history : null;
    let drawn = this.panels.get(opened.body);
    if (drawn && drawn.id !== wanted?.mail.id) {
      drawn.end.abort();
      this.panels.delete(opened.body);
      drawn = undefined;
    }
    if (wanted) (drawn ?? this.newPanel(opened.body, wanted.mail.id)).panel.show(wanted);
  }

  private historyOf(id: string): MailHistory | null {
    if (!this.histories.has(id)) {
      this.histories.set(id, null);
      void this.fetch(id);
    }
    return this.histories.get(id) ?? null;
  }

  private async fetch(id: string): Promise<void> {
    const history = await askBackground("mail", { id });
    if (!history || this.signal.aborted) return;
    this.histories.set(id, history === "gone" ? null : history);
    this.draw();
  }

  private newPanel(body: HTMLElement, id: string): DrawnPanel {
    const end = new AbortController();
    const after = async (done: Promise<Confirmation | null>) => {
      const confirmation = await done;
      panel.answered(confirmation ? confirmation.problem && unconfirmedText(confirmation.problem) : UNANSWERED);
      await this.fetch(id);
    };
    const actions = {
      mute: (muted: boolean) => void after(askBackground("mute", { id, muted })),
      stop: () => void after(askBackground("stop", { id })),
    };
    const panel = new Panel(body, actions, end.signal);
    const drawn = { id, panel, end };
    this.panels.set(body, drawn);
    return drawn;
  }
}

/**
 * Mail programs do not always mark quotes: the host's ids and the sender must match too, where they are known. What
 * was taken back and then sent without tracking is an open mail of the same draft, of which nothing is known.
 */
export function isThatMail({ messageId, draftId, sender }: Pick<OpenMessage, "messageId" | "draftId" | "sender">, mail: TrackedMail): boolean {
  if (mail.state === "not-sent") return false;
  if (mail.draftId && draftId) return mail.draftId === draftId;
  if (mail.messageId && messageId) return mail.messageId === messageId;
  return !mail.account || !sender || mail.account.toLowerCase() === sender.toLowerCase();
}
