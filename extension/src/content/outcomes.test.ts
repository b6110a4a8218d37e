/** The table in docs/tracking.md says what the code does, in the words of the code. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DEFAULTS, type Settings } from "../shared/settings";
import { NO_OVERRIDES } from "../shared/tracking-options";
import { decide, isSurprise, untracked, type Decision, type MailFacts, type Untracked } from "../tracking/decision";
import { switchView } from "./compose/switch-view";
import { NOTICE, outcomeText, tooManyText } from "./texts";

const FINE: MailFacts = { signedIn: true, base: "https://track.example.com", overrides: NO_OVERRIDES, plainText: false, confidential: false, subject: "Offer 12", recipients: ["ben@example.com"], links: 1, id: "ready" };
const OFF = { ...NO_OVERRIDES, on: false };
const LISTED: Partial<Settings> = { doNotTrack: ["cleo@example.org"] };
const TO_CLEO = ["ben@example.com", "cleo@example.org"];

interface Case {
  /** Known while the mail is written, as far as it is not fine; null without a switch. */
  before?: Partial<MailFacts> | null;
  /** What is different at Send. */
  atSend?: Partial<MailFacts>;
  /** Why a mail that could be tracked was not, as found out while it was sent. */
  failed?: Untracked;
  settings?: Partial<Settings>;
  isUnsure?: boolean;
  recipients?: number;
  /** What is told although the outcome is as shown. */
  also?: string;
  /** The mail did not pass the function at all. */
  unseen?: string;
}

const CASES: Record<string, Case> = {
  "An ordinary mail": {},
  "Switched off": { before: { overrides: OFF } },
  "Opens only, in the menu": { before: { overrides: { ...NO_OVERRIDES, links: false } } },
  "Links only": { before: { overrides: { ...NO_OVERRIDES, opens: false } } },
  "Links only, and no link in it": { before: { overrides: { ...NO_OVERRIDES, opens: false }, links: 0 } },
  "Not paired, or signed out": { before: { signedIn: false } },
  "Plain text": { before: { plainText: true } },
  "Plain text, as only the request shows": { atSend: { plainText: true } },
  "Confidential": { before: { confidential: true } },
  "Confidential, as only the request shows": { atSend: { confidential: true } },
  "The test mail to yourself": { before: { subject: `Sealbreak test ${"a".repeat(32)}` } },
  "To someone on the do-not-track list": { before: { recipients: TO_CLEO }, settings: LISTED },
  "Such a recipient is known only at Send": { atSend: { recipients: TO_CLEO }, settings: LISTED },
  "The public address is loopback": { before: { base: "http://127.0.0.1:8787" } },
  "The public address is private or has no dot": { before: { base: "http://office:8787" } },
  "The same, and the option allows it": { before: { base: "http://office:8787" }, settings: { allowLocal: true } },
  "Sent before the draft has its id": { before: { id: "waiting" }, atSend: { id: "ready" } },
  "The same, switched off before": { before: { id: "waiting", overrides: OFF }, atSend: { id: "ready" } },
  "The same, and no ID comes": { before: { id: "waiting" }, atSend: { id: "no-ids" } },
  "No switch is shown": { before: null },
  "No switch is shown, and the default is off": { before: null, settings: { tracking: false } },
  "No ID in stock": { before: { id: "no-ids" } },
  "The storage is full": { before: { id: "not-kept" } },
  "The storage is full at Send": { failed: "not-kept" },
  "More recipients and links than the server accepts": { failed: "too-large" },
  "More than 500 recipients": { recipients: 620, also: tooManyText(620) },
  "Encrypted in the browser": { failed: "no-text" },
  "HTML that has no place for a pixel": { failed: "no-place" },
  "Links only, and none is left to track at Send": { before: { overrides: { ...NO_OVERRIDES, opens: false } }, failed: "no-links" },
  "An error while it is changed": { failed: "failed" },
  "Not ready within 1.5 seconds": { failed: "late" },
  "The extension was updated under the tab": { failed: "outdated" },
  "A request with an unknown layout, or to a new address": { unseen: NOTICE.unreadable },
  "A request that is no text": { unseen: NOTICE.opaque },
  "No request is seen": { unseen: NOTICE.missed },
  "The first mail after that, understood": { isUnsure: true },
  "The first mail after that, not understood": { isUnsure: true, unseen: NOTICE.unreadable },
};

function row(name: string, given: Case): string {
  const { before = {}, atSend, failed, isUnsure = false, recipients = 1, also, unseen } = given;
  const settings = { ...DEFAULTS, ...given.settings };
  const shown = before && decide({ ...FINE, ...before }, settings);
  const said = shown ? switchView(shown, { isUnsure, recipients }).label : "no switch";
  if (unseen !== undefined) return line(name, said, left(untracked("off")), unseen);
  const outcome = failed ? untracked(failed) : decide({ ...FINE, ...before, ...atSend }, settings);
  return line(name, said, left(outcome), also ?? (isSurprise(shown, outcome) ? outcomeText(shown, outcome) : "nothing"));
}

function left(outcome: Decision): string {
  if (!outcome.tracked) return outcome.reason === "self-test" ? "the test's picture" : "as written";
  const { opens, links } = outcome.options;
  return opens && links ? "pixel and links" : opens ? "pixel" : "links";
}

function line(...cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}

const document = readFileSync(new URL("../../../docs/tracking.md", import.meta.url), "utf8");

test("the document has each case, in these words", () => {
  const rows = document.split("\n").filter((text) => text.startsWith("| ")).slice(1);
  expect(rows).toEqual(Object.entries(CASES).map(([name, given]) => row(name, given)));
});

test("no case says that a mail is tracked and leaves it as written without a word", () => {
  const silent = Object.entries(CASES).map(([name, given]) => row(name, given)).filter((text) => /\| (?:Tracked|Opens only|Links only) \| as written \| nothing/.test(text));
  expect(silent).toEqual([]);
});

test("without a switch the notice says whether a choice or the default was used", () => {
  const tracked = decide(FINE, DEFAULTS);
  expect(outcomeText(null, tracked)).toContain("your default was used");
  expect(outcomeText(null, tracked, true)).toContain("your earlier choice for it was used");
});
