/** Runs in Gmail's own world, before its scripts: lets the bridge edit mails as they leave. */
import { patchFetch } from "./hook/fetch";
import { takeOver } from "./hook/takeover";
import { patchXhr } from "./hook/xhr";

const isNewest = takeOver(XMLHttpRequest.prototype);
patchXhr(XMLHttpRequest.prototype, isNewest);
patchFetch(window, isNewest);
