import type { HostPage } from "../host";
import { findComposeWindows } from "./compose/compose-window";
import { findOpenMessages } from "./history/open-message";
import { listRows, threadIds } from "./history/rows";
import { onChanges } from "./page-observer";
import { QUOTE_CLASS } from "./selectors";

export const gmailPage: HostPage = {
  quoteClass: QUOTE_CLASS,
  onChanges,
  findComposeWindows,
  findOpenMessages,
  threadIds,
  listRows,
};
