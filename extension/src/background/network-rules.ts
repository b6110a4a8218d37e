/**
 * Network rules: this browser never loads our own pixels in mail pages, and requests for our own links carry a mark.
 */
import { SITES } from "../hosts/sites";
import type { Identity } from "../tracking/addresses/urls";
import type { Account } from "./storage";

type Rule = chrome.declarativeNetRequest.Rule;

const MARK_HEADER = "x-sealbreak-sender";

export function rulesFor(own: readonly Identity[], account: Account | null): Rule[] {
  const blocks = own.flatMap(({ base, owner }) => [
    // Image proxies keep the original address after the "#", and the rules match it there.
    block(`#${base}/o/${owner}/`),
    block(`|${base}/o/${owner}/`),
  ]);
  const all = account ? [...blocks, mark(account)] : blocks;
  return all.map((rule, index) => ({ ...rule, id: index + 1 }));
}

/** `resourceTypes` is left out: any list of types lets frames through, and in Firefox also srcset. */
function block(urlFilter: string): Omit<Rule, "id"> {
  return {
    priority: 1,
    action: { type: "block" },
    condition: { urlFilter, initiatorDomains: SITES.map(({ domain }) => domain) },
  };
}

function mark({ base, owner, senderMark }: Account): Omit<Rule, "id"> {
  return {
    priority: 1,
    action: {
      type: "modifyHeaders",
      requestHeaders: [{ header: MARK_HEADER, operation: "set", value: senderMark }],
    },
    condition: { urlFilter: `|${base}/l/${owner}/`, resourceTypes: ["main_frame"] },
  };
}

let last: Promise<void> = Promise.resolve();

/** Runs one update at a time: two concurrent updates would use the same rule ids and be rejected. */
export function setRules(own: readonly Identity[], account: Account | null): Promise<void> {
  const turn = last.then(() => replaceRules(own, account));
  last = turn.catch(() => undefined);
  return turn;
}

async function replaceRules(own: readonly Identity[], account: Account | null): Promise<void> {
  const old = await chrome.declarativeNetRequest.getDynamicRules();
  await chrome.declarativeNetRequest.updateDynamicRules({
    removeRuleIds: old.map(({ id }) => id),
    addRules: rulesFor(own, account),
  });
}
