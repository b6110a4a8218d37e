import type { HostSite } from "../host";

const DRAFT_ID = /^msg-[\w:-]{1,80}$/;
const THREAD_ID = /^[0-9a-f]{8,16}$/;

export const gmailSite: HostSite = {
  name: "Gmail",
  domain: "mail.google.com",
  pageUrl: "https://mail.google.com/",
  matchPattern: "https://mail.google.com/*",
  isDraftId: (id) => DRAFT_ID.test(id),
  isThreadId: (id) => THREAD_ID.test(id),
};
