/** The ids that the host's lists show for sent mails. The answer to the send may lack them; a later one has them. */
import type { HostProtocol } from "../hosts/host";
import type { PageChannel } from "../messaging/page-channel";

const MAX_AWAITED = 50;

export class AwaitedIds {
  private readonly drafts = new Set<string>();

  constructor(
    private readonly protocol: Pick<HostProtocol, "isAnswerUrl" | "readReply">,
    private readonly channel: () => PageChannel | null,
  ) {}

  /** These drafts are being sent: another answer may name them before the answer to the send is here. */
  add(draftIds: readonly string[]): void {
    for (const id of draftIds) this.drafts.add(id);
    for (const oldest of this.drafts) {
      if (this.drafts.size <= MAX_AWAITED) return;
      this.drafts.delete(oldest);
    }
  }

  /** These drafts did not leave. */
  remove(draftIds: readonly string[]): void {
    for (const id of draftIds) this.drafts.delete(id);
  }

  /** True when the answer to this request is worth reading. */
  mayName(url: string): boolean {
    return this.drafts.size > 0 && this.protocol.isAnswerUrl(url, location.href);
  }

  read(reply: string): void {
    const sent = this.protocol.readReply(reply, [...this.drafts]);
    if (sent.length === 0) return;
    for (const { draftId } of sent) this.drafts.delete(draftId);
    this.channel()?.send("reply", { sent });
  }
}
