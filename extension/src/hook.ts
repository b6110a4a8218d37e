/** Runs in Gmail's own world, before its scripts: lets the bridge edit mails as they leave. */
import { patchFetch } from "./hook/fetch";
import { takeOver } from "./hook/takeover";
import { patchXhr } from "./hook/xhr";

const wire = takeOver(XMLHttpRequest.prototype);
patchXhr(XMLHttpRequest.prototype, wire);
patchFetch(window, wire);
