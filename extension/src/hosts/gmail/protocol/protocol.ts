import type { HostProtocol } from "../../host";
import { readReply } from "./sync-reply";
import { shapeOf, shapeOfBody } from "./shape";
import { isGmailUrl, isSyncUrl, looksSent, maySend, readRequest, writeParts } from "./sync-request";

export const gmailProtocol: HostProtocol = {
  isSendUrl: isSyncUrl,
  isHostUrl: isGmailUrl,
  maySend,
  looksSent,
  shapeOf: (body) => (typeof body === "string" ? shapeOf(body) : shapeOfBody(body)),
  readRequest,
  writeParts,
  readReply,
};
