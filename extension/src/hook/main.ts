/** Runs in Gmail's own world, before its scripts: lets the bridge edit mails as they leave. */
import { patchFetch } from "./fetch";
import { takeOver } from "./takeover";
import { patchXhr } from "./xhr";

const wire = takeOver(XMLHttpRequest.prototype);
patchXhr(XMLHttpRequest.prototype, wire);
patchFetch(window, wire);
