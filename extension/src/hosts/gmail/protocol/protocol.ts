import type { HostProtocol } from "../../host";
import { readReply } from "./sync-reply";
import { shapeOf, shapeOfBody } from "./shape";
import { isAnswerUrl, isGmailUrl, isSyncUrl, looksSent, maySend, readRequest, writeParts } from "./sync-request";

export const gmailProtocol: HostProtocol = {
  isSendUrl: isSyncUrl,
  isAnswerUrl,
  isHostUrl: isGmailUrl,
  maySend,
  looksSent,
  shapeOf: (body) => (typeof body === "string" ? shapeOf(body) : shapeOfBody(body)),
  readRequest,
  writeParts,
  readReply,
};
