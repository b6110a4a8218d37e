/** Decides which requests of the page are held. Nothing that goes wrong here may stop a request. */
import type { HostProtocol } from "../hosts/host";
import type { PageChannel } from "../messaging/page-channel";
import { holdSend, type PendingRequest } from "./pending-request";

export class RequestGate {
  constructor(
    private readonly protocol: HostProtocol,
    private readonly channel: () => PageChannel | null,
  ) {}

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
      return this.protocol.maySend(body) ? holdSend(this.protocol, channel, body) : null;
    } catch {
      // The mail is sent as the user wrote it.
      channel.send("report", { kind: "unreadable", shape: this.protocol.shapeOf(body) });
      return null;
    }
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
