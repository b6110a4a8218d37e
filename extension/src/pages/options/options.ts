import type { TrackingOptions } from "../../shared/tracking-options";
import { ask } from "../../messaging/messages";
import { readDoNotTrack } from "../../shared/do-not-track";
import { readDomains, type Settings } from "../../shared/settings";
import { ListField } from "./list-field";
import type { Overview } from "../../messaging/overview";
import { h } from "../../shared/dom";
import { byId, hostOf } from "../page";
import { originPattern, readAddress } from "../../server/client";
import { WARNING_TEXTS } from "../warning-texts";

const FLAGS = ["tracking", "opens", "links", "urlText", "hiddenLink", "allowLocal"] as const;
const NO_ANSWER = "Sealbreak did not answer. Reload this page and try again.";
const SAVED_SHOWN_MS = 2500;

/** Stored before the click: browsers allow a permission request only directly in the click handler. */
let missingAccess: string | null = null;

const input = (id: string) => byId(id, HTMLInputElement);

const doNotTrack = new ListField({
  field: byId("doNotTrack", HTMLTextAreaElement),
  problem: byId("list-problem", HTMLElement),
  read: readDoNotTrack,
  // A domain of one word is a domain only with the sign.
  format: (entry) => (/[@.]/.test(entry) ? entry : `@${entry}`),
  expected: "neither an address nor a domain",
  save: (changes) => void save(ask("edit-list", { list: "doNotTrack", ...changes })),
  reload: () => void loadAll(),
});

const neverWrap = new ListField({
  field: byId("neverWrap", HTMLTextAreaElement),
  problem: byId("neverWrap-problem", HTMLElement),
  read: readDomains,
  format: (entry) => entry,
  expected: "no domain",
  save: (changes) => void save(ask("edit-list", { list: "neverWrap", ...changes })),
  reload: () => void loadAll(),
});

function showSettings(settings: Settings): void {
  for (const flag of FLAGS) input(flag).checked = settings[flag];
  input("count").checked = settings.level === "count";
  input("urlText").disabled = !settings.links;
  byId("domains-section", HTMLElement).hidden = Object.keys(settings.domains).length === 0;
  byId("domains", HTMLElement).replaceChildren(...Object.entries(settings.domains).map(domainRow));
  doNotTrack.show(settings.doNotTrack);
  neverWrap.show(settings.neverWrap);
}

function domainRow([domain, options]: [string, TrackingOptions]): HTMLElement {
  const forget = () => void save(ask("forget-domain", { domain }));
  return h(
    "li",
    {},
    h("span", {}, domain, h("small", { class: "soft" }, tracked(options))),
    h("button", { type: "button", "aria-label": `Forget ${domain}`, onclick: forget }, "Forget"),
  );
}

function tracked({ on, opens, links }: TrackingOptions): string {
  if (!on) return "Not tracked";
  return opens && links ? "Opens and links" : opens ? "Opens only" : "Links only";
}

async function save(saving: Promise<Settings>): Promise<void> {
  showSettings(await saving);
  const saved = byId("saved", HTMLElement);
  saved.textContent = "Saved";
  setTimeout(() => (saved.textContent = ""), SAVED_SHOWN_MS);
}

/** The page may be closed while an entry is typed. */
function saveTyped(): void {
  doNotTrack.save();
  neverWrap.save();
}

function facts({ account, pool, queued, serverReached }: Overview): [string, string][] {
  if (!account) return [];
  const rows: [string, string][] = [
    ["Account", account.name || account.owner],
    ["Server", hostOf(account.address) + (serverReached ? "" : " (not reachable now)")],
    ["This browser", account.device],
    ["IDs in stock", pool === 1 ? "1 mail can be sent without the server" : `${pool} mails can be sent without the server`],
  ];
  if (account.baseUrl !== account.address) rows.push(["Recipients see", hostOf(account.baseUrl)]);
  if (queued > 0) rows.push(["Waiting", `${queued} sent, not yet registered`]);
  return rows;
}

function show(now: Overview): void {
  byId("pairing", HTMLElement).hidden = now.account !== null && !now.warnings.includes("revoked");
  byId("account", HTMLElement).hidden = now.account === null;
  byId("facts", HTMLElement).replaceChildren(
    ...facts(now).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
  );
  missingAccess = now.accessTo;
  byId("access", HTMLElement).hidden = missingAccess === null;
  if (now.accessTo) byId("access-host", HTMLElement).textContent = hostOf(now.accessTo);
  byId("report", HTMLElement).hidden = now.unreadShape === "";
  byId("shape", HTMLTextAreaElement).value = now.unreadShape;
  byId("warnings", HTMLElement).replaceChildren(
    ...now.warnings.map((kind) => {
      const { title, text } = WARNING_TEXTS[kind];
      return h("div", { class: "warning" }, h("h2", {}, title), h("p", {}, text));
    }),
  );
}

async function load(): Promise<Overview> {
  const now = await ask("overview", { refresh: false });
  show(now);
  return now;
}

/** The browser asks the user. Without the permission only the mark on own clicks is missing. */
async function requestAccess(address: string): Promise<void> {
  await chrome.permissions.request({ origins: [originPattern(address)] }).catch(() => false);
}

async function pair(): Promise<void> {
  const button = byId("pair-button", HTMLButtonElement);
  const problem = byId("pair-problem", HTMLElement);
  const address = readAddress(input("address").value);
  problem.textContent = "";
  button.disabled = true;
  if (address) await requestAccess(address);
  const reply = await ask("pair", { address: input("address").value, code: input("code").value }).catch(() => null);
  button.disabled = false;
  problem.textContent = reply ? (reply.problem ?? "") : NO_ANSWER;
  if (!reply || reply.problem) {
    input(address ? "code" : "address").focus();
    return;
  }
  byId("pair", HTMLFormElement).reset();
  await load();
  byId("sign-out", HTMLElement).focus();
}

async function signOut(giveUp: boolean): Promise<void> {
  const { waiting } = await ask("sign-out", { giveUp });
  byId("leaving", HTMLElement).hidden = waiting === 0;
  byId("waiting", HTMLElement).textContent = waiting === 1 ? "1 sent mail is not delivered yet." : `${waiting} sent mails are not delivered yet.`;
  await load();
  if (waiting === 0) input("address").focus();
  else byId("stay", HTMLElement).focus();
}

function stay(): void {
  byId("leaving", HTMLElement).hidden = true;
  byId("sign-out", HTMLElement).focus();
}

async function allow(): Promise<void> {
  if (missingAccess) await requestAccess(missingAccess);
  await ask("access-changed", null);
  await load();
}

byId("pair", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  void pair();
});
byId("sign-out", HTMLElement).addEventListener("click", () => void signOut(false));
byId("give-up", HTMLElement).addEventListener("click", () => void signOut(true));
byId("copy-shape", HTMLElement).addEventListener("click", () => void navigator.clipboard.writeText(byId("shape", HTMLTextAreaElement).value));
byId("stay", HTMLElement).addEventListener("click", stay);
byId("allow", HTMLElement).addEventListener("click", () => void allow());
for (const flag of FLAGS) input(flag).addEventListener("change", () => void save(ask("settings", { [flag]: input(flag).checked })));
input("count").addEventListener("change", () => void save(ask("settings", { level: input("count").checked ? "count" : "full" })));
addEventListener("pagehide", saveTyped);

/** Until then the form shows nothing that is stored, and cannot be used. */
async function loadAll(): Promise<void> {
  showSettings((await load()).settings);
  byId("options-form", HTMLFieldSetElement).disabled = false;
}

// Compose windows change settings too.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) saveTyped();
  else void loadAll();
});
void loadAll();
