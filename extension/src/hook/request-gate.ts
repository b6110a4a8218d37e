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
    return method.toUpperCase() === "POST" && this.protocol.isSendUrl(url, location.href);
  }

  /** Null for a request that passes at once and unchanged. */
  hold(method: string, url: string, body: unknown): PendingRequest | null {
    const channel = this.channel();
    if (!channel) return null;
    try {
      if (!this.mayHold(method, url) || typeof body !== "string" || !this.protocol.maySend(body)) return null;
      return holdSend(this.protocol, channel, body);
    } catch {
      // The mail is sent as the user wrote it.
      channel.send("report", { kind: "unreadable" });
      return null;
    }
  }
}
