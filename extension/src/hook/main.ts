/** Runs in the page's world before the page's scripts, and lets the content script edit mails as they are sent. */
import { gmailProtocol } from "../hosts/gmail/protocol/protocol";
import { patchFetch } from "./fetch";
import { RequestGate } from "./request-gate";
import { takeOver } from "./takeover";
import { patchXhr } from "./xhr";

const gate = new RequestGate(gmailProtocol, takeOver(XMLHttpRequest.prototype));
patchXhr(XMLHttpRequest.prototype, gate);
patchFetch(window, gate);
