import type { HostSite } from "../host";
import { isDraftId, isLegacyId } from "./ids";

export const gmailSite: HostSite = {
  name: "Gmail",
  domain: "mail.google.com",
  pageUrl: "https://mail.google.com/",
  matchPattern: "https://mail.google.com/*",
  isDraftId,
  isThreadId: isLegacyId,
};
