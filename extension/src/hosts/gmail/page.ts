import type { HostPage } from "../host";
import { findComposeWindows } from "./compose/compose-window";
import { findOpenMessages } from "./history/open-message";
import { listRows, threadIds } from "./history/rows";
import { onChanges } from "./page-observer";
import { MARKUP } from "./selectors";

export const gmailPage: HostPage = {
  markup: MARKUP,
  onChanges,
  findComposeWindows,
  findOpenMessages,
  threadIds,
  listRows,
};
