import type { TrackingOptions } from "../../shared/tracking-options";
import { ask } from "../../messaging/messages";
import { readDoNotTrack } from "../../shared/do-not-track";
import { readDomains, type Settings } from "../../shared/settings";
import { ListField } from "./list-field";
import type { Overview } from "../../messaging/overview";
import { h } from "../../shared/dom";
import { byId, hostOf } from "../page";
import { originPattern, readAddress } from "../../server/client";
import { ReaderLine } from "./reader-line";
import { WARNING_TEXTS } from "../warning-texts";

const FLAGS = ["tracking", "opens", "links", "urlText", "hiddenLink", "allowLocal"] as const;
const NOTIFICATIONS = { permissions: ["notifications" as const] };
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

const readerLineDomains = new ListField({
  field: byId("readerLineDomains", HTMLTextAreaElement),
  problem: byId("line-problem", HTMLElement),
  read: readDomains,
  format: (entry) => entry,
  expected: "no domain",
  save: (changes) => void save(ask("edit-list", { list: "readerLineDomains", ...changes })),
  reload: () => void loadAll(),
});
const readerLine = new ReaderLine((change) => void save(ask("settings", change)));

function showSettings(settings: Settings): void {
  for (const flag of FLAGS) input(flag).checked = settings[flag];
  void showAlerts(settings.alerts);
  readerLine.show(settings);
  input("count").checked = settings.level === "count";
  input("urlText").disabled = !settings.links;
  byId("domains-section", HTMLElement).hidden = Object.keys(settings.domains).length === 0;
  byId("domains", HTMLElement).replaceChildren(...Object.entries(settings.domains).map(domainRow));
  doNotTrack.show(settings.doNotTrack);
  neverWrap.show(settings.neverWrap);
  readerLineDomains.show(settings.readerLineDomains);
}

/** The browser asks for the permission, which it does only directly in the handler of a click. */
async function switchAlerts(): Promise<void> {
  const wanted = input("alerts").checked;
  const isAllowed = !wanted || (await chrome.permissions.request(NOTIFICATIONS).catch(() => false));
  await save(ask("settings", { alerts: wanted && isAllowed }));
  byId("alerts-problem", HTMLElement).textContent = isAllowed ? "" : "The browser does not allow Sealbreak to show notifications.";
}

/** The permission can be withdrawn in the browser's own settings. */
async function showAlerts(alerts: boolean): Promise<void> {
  input("alerts").checked = alerts && (await chrome.permissions.contains(NOTIFICATIONS));
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
  readerLineDomains.save();
  readerLine.save();
}

function facts({ account, pool, queued, serverReached }: Overview): [string, string][] {
  if (!account) return [];
  const rows: [string, string][] = [
    ["Account", account.name || account.owner],
    ["Server", hostOf(account.address) + (serverReached ? "" : " (it did not answer)")],
    ["This browser", account.device],
    ["IDs in stock", pool === 1 ? "1 mail can be tracked while the server is away" : `${pool} mails can be tracked while the server is away`],
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

/** Firefox only: an add-on that is not signed can be loaded only until the browser is closed. */
async function showTemporary(): Promise<void> {
  const isFirefox = chrome.runtime.getURL("").startsWith("moz-extension:");
  byId("temporary", HTMLElement).hidden = !isFirefox || (await chrome.management.getSelf()).installType !== "development";
}

async function pair(): Promise<void> {
  const button = byId("pair-button", HTMLButtonElement);
  const problem = byId("pair-problem", HTMLElement);
  const address = readAddress(input("address").value);
  problem.textContent = "";
  button.disabled = true;
  if (address) await requestAccess(address);
  const reply = await ask("pair", {
    address: input("address").value,
    code: input("code").value,
    ownerName: input("ownerName").value,
    contact: input("contact").value,
  }).catch(() => null);
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
input("alerts").addEventListener("change", () => void switchAlerts());
for (const flag of FLAGS) input(flag).addEventListener("change", () => void save(ask("settings", { [flag]: input(flag).checked })));
input("count").addEventListener("change", () => void save(ask("settings", { level: input("count").checked ? "count" : "full" })));
addEventListener("pagehide", saveTyped);

/** Until then the form shows nothing that is stored, and cannot be used. */
async function loadAll(): Promise<void> {
  showSettings((await load()).settings);
  byId("options-form", HTMLFieldSetElement).disabled = false;
}

void showTemporary();

// Compose windows change settings too.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) saveTyped();
  else void loadAll();
});
void loadAll();
