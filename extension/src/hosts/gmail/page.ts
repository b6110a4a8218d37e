import type { HostPage } from "../host";
import { findComposeWindows, findWindowAround } from "./compose/compose-window";
import { findOpenMessages } from "./history/open-message";
import { listRows, threadIds, threadIdsVisibleFirst } from "./history/rows";
import { onChanges } from "./page-observer";
import { DRAFT_INPUT, EDITOR, MARKUP, MENU } from "./selectors";

export const gmailPage: HostPage = {
  markup: MARKUP,
  onChanges,
  findComposeWindows,
  findWindowAround,
  findOpenMessages,
  threadIds,
  threadIdsVisibleFirst,
  listRows,
  isMenu: (target) => {
    const menu = target.closest(MENU);
    return menu !== null && !menu.querySelector(`${DRAFT_INPUT}, ${EDITOR}`);
  },
};
