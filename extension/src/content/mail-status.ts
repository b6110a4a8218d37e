/** What the server knows of the mails on this page: marks in lists, panels under opened mails, kept up to date. */
import { findOpened, isThatMail, type OpenedMail } from "../hosts/gmail/history/open-message";
import { Panel } from "./ui/panel";
import { markRows, threadIds, unmarkRows } from "../hosts/gmail/history/rows";
import type { Identity } from "../tracking/urls";
import { newestOf, type MailHistory, type TrackedMail } from "../server/tracked-mail";
import { askWorker } from "./background-client";

/** As often as a tab that is looked at asks for news. */
const BEAT_MS = 5000;
const MOST_THREADS = 2000;

interface Drawn {
  id: string;
  panel: Panel;
  end: AbortController;
}

export class Story {
  private threads: Record<string, TrackedMail[]> = {};
  private asked = "";
  private readonly histories = new Map<string, MailHistory | null>();
  private readonly panels = new Map<HTMLElement, Drawn>();
  private own: readonly Identity[] = [];
  private signedIn = false;

  constructor(private readonly signal: AbortSignal) {
    const beat = setInterval(() => { this.catchUp(); }, BEAT_MS);
    signal.addEventListener("abort", () => {
      clearInterval(beat);
      unmarkRows();
      for (const { end } of this.panels.values()) end.abort();
    });
    document.addEventListener("visibilitychange", () => { this.catchUp(true); }, { signal });
  }

  /** The page changed, or the account did. */
  look(own: readonly Identity[], signedIn: boolean): void {
    this.own = own;
    this.signedIn = signedIn;
    if (signedIn && threadIds().join(" ") !== this.asked) this.catchUp();
    this.draw();
  }

  /** `again`: what is shown of opened mails is fetched anew too. */
  catchUp(again = false): void {
    if (!this.signedIn || document.hidden) return;
    if (again) this.refetch();
    void this.ask();
  }

  private async ask(): Promise<void> {
    const ids = threadIds();
    this.asked = ids.join(" ");
    const threads = await askWorker("threads", { ids });
    if (!threads || this.signal.aborted || this.asked !== ids.join(" ")) return;
    const known = Object.keys(this.threads).length < MOST_THREADS ? this.threads : {};
    // What is not in the answer is not tracked, or not any more.
    this.threads = { ...known, ...Object.fromEntries(ids.map((id) => [id, []])), ...threads };
    this.draw();
  }

  private refetch(): void {
    const shown = new Set([...this.panels.values()].map(({ id }) => id));
    for (const [id, history] of this.histories)
      if (shown.has(id)) void this.fetch(id);
      // Asked for again when it is looked at again.
      else if (history) this.histories.delete(id);
      else void this.fetch(id);
  }

  private draw(): void {
    markRows((threadId) => (this.signedIn ? newestOf(this.threads[threadId] ?? []) : null));
    for (const [body, { end }] of this.panels)
      if (!body.isConnected || !this.signedIn) {
        end.abort();
        this.panels.delete(body);
      }
    if (this.signedIn) for (const opened of findOpened(this.own)) this.drawPanel(opened);
  }

  private drawPanel(opened: OpenedMail): void {
    const id = this.idOf(opened);
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

  private idOf({ messageId, pixelId }: OpenedMail): string | null {
    const known = Object.values(this.threads).flat().find((mail) => mail.messageId !== null && mail.messageId === messageId);
    return known?.id ?? pixelId;
  }

  private historyOf(id: string): MailHistory | null {
    if (!this.histories.has(id)) {
      this.histories.set(id, null);
      void this.fetch(id);
    }
    return this.histories.get(id) ?? null;
  }

  private async fetch(id: string): Promise<void> {
    const history = await askWorker("mail", { id });
    if (!history || this.signal.aborted) return;
    this.histories.set(id, history);
    this.draw();
  }

  private newPanel(body: HTMLElement, id: string): Drawn {
    const end = new AbortController();
    const after = (done: Promise<unknown>) => void done.then(() => this.fetch(id));
    const actions = {
      mute: (muted: boolean) => { after(askWorker("mute", { id, muted })); },
      stop: () => { after(askWorker("stop", { id })); },
    };
    const drawn = { id, panel: new Panel(body, actions, end.signal), end };
    this.panels.set(body, drawn);
    return drawn;
  }
}
