/** The tracked mails in the conversations on the page, as the background knows them. */
import type { HostPage, OpenMessage } from "../hosts/host";
import type { TrackedMail } from "../server/tracked-mail";
import { askBackground } from "./background-client";

/** How many conversations are asked for in one message; the first ones are those that the user sees. */
export const AT_ONCE = 500;
const MAX_THREADS = 2000;

export class ListedMails {
  private threads: Record<string, TrackedMail[]> = {};
  private askedFor = "";
  /** The tracking IDs of mails sent from this tab, by draft. The server may not know these mails yet. */
  private readonly sent = new Map<string, string>();

  constructor(
    private readonly host: Pick<HostPage, "threadIds" | "threadIdsVisibleFirst">,
    private readonly onChange: () => void,
    private readonly signal: AbortSignal,
  ) {}

  /** True when other conversations are on the page than those that were asked for last. */
  get isOld(): boolean {
    return this.host.threadIds().join(" ") !== this.askedFor;
  }

  in(threadId: string): TrackedMail[] {
    return this.threads[threadId] ?? [];
  }

  noteSent(draftId: string, id: string): void {
    this.sent.set(draftId, id);
  }

  /** The tracking ID of an open mail. Just after a send the host may show the former id of the draft for it. */
  idOf({ messageId, draftId, pixelId }: OpenMessage): string | null {
    const mails = Object.values(this.threads).flat();
    const known =
      mails.find((mail) => draftId !== null && mail.draftId === draftId) ??
      mails.find((mail) => messageId !== null && mail.messageId === messageId);
    return known?.id ?? (draftId === null ? undefined : this.sent.get(draftId)) ?? pixelId;
  }

  async fetch(): Promise<void> {
    const asked = (this.askedFor = this.host.threadIds().join(" "));
    const ids = this.host.threadIdsVisibleFirst();
    // Also without a conversation: the question keeps everything up to date while a tab is visible.
    for (let at = 0; at === 0 || at < ids.length; at += AT_ONCE) {
      const answer = await askBackground("threads", { ids: ids.slice(at, at + AT_ONCE) });
      if (!answer || this.signal.aborted || this.askedFor !== asked) return;
      // A conversation that is missing in the answer is not known yet, so what was shown stays.
      this.threads = { ...this.threads, ...answer };
      this.onChange();
    }
    this.forgetOthers(ids);
  }

  /** The host keeps its page open for days. */
  private forgetOthers(ids: readonly string[]): void {
    const all = Object.entries(this.threads);
    if (all.length <= MAX_THREADS) return;
    const kept = new Set(ids);
    this.threads = Object.fromEntries(all.filter(([id]) => kept.has(id)));
  }
}
