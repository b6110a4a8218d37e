import type { HostProtocol } from "../../host";
import { readReply } from "./sync-reply";
import { isSyncUrl, maySend, readRequest, writeParts } from "./sync-request";

export const gmailProtocol: HostProtocol = { isSendUrl: isSyncUrl, maySend, readRequest, writeParts, readReply };
