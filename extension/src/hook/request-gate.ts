/** Decides which requests of the page are held. Nothing that goes wrong here may stop a request. */
import type { HostProtocol } from "../hosts/host";
import type { PageChannel } from "../messaging/page-channel";
import { AwaitedIds } from "./awaited-ids";
import { holdSend, type PendingRequest } from "./pending-request";

export class RequestGate {
  private readonly awaited: AwaitedIds;

  constructor(
    private readonly protocol: HostProtocol,
    private readonly channel: () => PageChannel | null,
  ) {
    this.awaited = new AwaitedIds(protocol, channel);
  }

  /** False as long as no content script is connected. */
  get isOpen(): boolean {
    return this.channel() !== null;
  }

  mayHold(method: string, url: string): boolean {
    return isPost(method) && this.protocol.isSendUrl(url, location.href);
  }

  /** Null for a request that passes at once and unchanged. */
  hold(method: string, url: string, body: unknown): PendingRequest | null {
    const channel = this.channel();
    if (!channel) return null;
    try {
      if (!this.mayHold(method, url)) {
        this.reportElsewhere(channel, method, url, body);
        return null;
      }
      if (body === null || body === undefined) return null;
      if (typeof body !== "string") {
        // Nothing can be read in it: it may be a mail, or anything else.
        channel.send("report", { kind: "opaque", shape: this.protocol.shapeOf(body) });
        return null;
      }
      return this.protocol.maySend(body) ? holdSend(this.protocol, channel, this.awaited, body) : null;
    } catch {
      // The mail is sent as the user wrote it.
      channel.send("report", { kind: "unreadable", shape: this.protocol.shapeOf(body) });
      return null;
    }
  }

  /** Null when nobody waits for what the answer to this request may contain. Nothing is held for it. */
  readerOf(url: string): ((reply: string) => void) | null {
    if (!this.isOpen || !this.awaited.mayName(url)) return null;
    return (reply) => { this.awaited.read(reply); };
  }

  /** The host may send its mail to a new address. */
  private reportElsewhere(channel: PageChannel, method: string, url: string, body: unknown): void {
    if (typeof body !== "string" || !isPost(method) || !this.protocol.isHostUrl(url, location.href)) return;
    if (this.protocol.looksSent(body)) channel.send("report", { kind: "unreadable", shape: this.protocol.shapeOf(body) });
  }
}

function isPost(method: string): boolean {
  return method.toUpperCase() === "POST";
}
