import { ask } from "../../messaging/messages";
import { SITES, SITE_NAMES } from "../../hosts/sites";
import type { Overview, SendOutcome, WarningKind } from "../../messaging/overview";
import { titleOf, type ShownEvent } from "../../server/events";
import { h } from "../../shared/dom";
import { ago, byId, hostOf } from "../page";
import { describe, progressOf } from "../../server/mail-summary";
import type { TrackedMail } from "../../server/tracked-mail";
import { showSelfTest } from "./self-test";
import { WARNING_TEXTS } from "../warning-texts";

const SHOWN_EVENTS = 12;
const TYPING_MS = 200;

/** The last event that was read before the popup was opened, since opening it marks everything as read. */
let readBefore: number | null = null;

function openOptions(): void {
  void chrome.runtime.openOptionsPage();
  window.close();
}

async function openHistory(id: string | null): Promise<void> {
  const { url, problem } = await ask("history", { id });
  byId("problem", HTMLElement).textContent = problem ?? "";
  if (!url) return;
  await chrome.tabs.create({ url });
  window.close();
}

const ACTIONS = {
  options: { name: "Open options", run: openOptions },
  dismiss: { name: "Dismiss", run: () => void ask("dismiss-warning", null).then(() => load(false)) },
  "give-up": { name: "Discard them", run: () => void ask("give-up", null).then(() => load(false)) },
  "allow-host": {
    name: `Allow ${SITE_NAMES}`,
    run: () =>
      void chrome.permissions
        .request({ origins: SITES.map(({ matchPattern }) => matchPattern) })
        .then(() => load(false)),
  },
};

function warningCard(kind: WarningKind): HTMLElement {
  const { title, text, action } = WARNING_TEXTS[kind];
  const card = h("div", { class: "warning" }, h("h2", {}, title), h("p", {}, text));
  if (action) {
    const { name, run } = ACTIONS[action];
    card.append(h("button", { type: "button", onclick: run }, name));
  }
  return card;
}

/** The accounts that mail was sent from. They are named in rows when there are several. */
let sentFrom: string[] = [];

interface Row {
  messageId: string;
  kind: string;
  title: string;
  time: string;
  text: string;
  account: string | null;
  isNew: boolean;
}

function rowOf({ messageId, kind, title, time, text, account, isNew }: Row): HTMLElement {
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "event", "data-kind": kind, onclick: () => void openHistory(messageId || null) },
      h("span", { class: "mark", "aria-hidden": "true" }),
      isNew ? h("span", { class: "new" }, "New") : null,
      h("strong", { dir: "auto" }, title || "(no subject)"),
      h("time", { datetime: time, title: new Date(time).toLocaleString() }, ago(time, Date.now())),
      h("span", { class: "sentence" }, text, account && sentFrom.length > 1 ? h("span", { class: "from" }, `Sent from ${account}`) : null),
    ),
  );
}

function eventRow(event: ShownEvent): HTMLElement {
  const { number, kind, time, sentence, messageId, quiet } = event;
  const isNew = !quiet && readBefore !== null && number > readBefore;
  return rowOf({ messageId, kind, title: titleOf(event), time, text: sentence, account: event.account ?? null, isNew });
}

function mailRow(mail: TrackedMail): HTMLElement {
  const { id, subject, sentAt, people, account } = mail;
  const text = people.length > 0 ? `To ${people.join(", ")}. ${describe(mail)}` : describe(mail);
  return rowOf({ messageId: id, kind: progressOf(mail), title: subject, time: sentAt, text, account, isNew: false });
}

function statusLine({ account, serverReached }: Overview): (Node | string)[] {
  if (!account) return ["Not connected"];
  const dot = h("span", { class: serverReached ? "dot" : "dot away", "aria-hidden": "true" });
  if (!serverReached) return [dot, "Your server does not answer"];
  return [dot, `${account.name || account.owner} on ${hostOf(account.address)}`];
}

function queueLine(queued: number): string {
  if (queued === 0) return "";
  const mails = queued === 1 ? "1 sent mail waits" : `${queued} sent mails wait`;
  return `${mails} for your server. Delivery continues by itself.`;
}

function newerLine(version: string | null): (Node | string)[] {
  if (version === null) return [];
  const command = h("code", {}, "sealbreak-server extension");
  return [`A newer version lies on your server: ${version}. Run `, command, " there, then load it into this browser again."];
}

function outcomeRow({ time, subject, text }: SendOutcome): HTMLElement {
  return h("li", {}, h("strong", { dir: "auto" }, subject || "(no subject)"), " ", h("time", { datetime: time, class: "soft" }, ago(time, Date.now())), h("p", {}, text));
}

function show(now: Overview): void {
  const paired = now.account !== null;
  byId("status", HTMLElement).replaceChildren(...statusLine(now));
  byId("warnings", HTMLElement).replaceChildren(...now.warnings.map(warningCard));
  byId("outcomes", HTMLElement).hidden = now.outcomes.length === 0;
  byId("outcome-list", HTMLElement).replaceChildren(...now.outcomes.toReversed().map(outcomeRow));
  byId("welcome", HTMLElement).hidden = paired;
  byId("latest", HTMLElement).hidden = !paired;
  byId("footer", HTMLElement).hidden = !paired;
  latest = now.events;
  showAccounts(now.sentFrom);
  if (wanted() === "") showLatest();
  byId("queue", HTMLElement).textContent = queueLine(now.queued);
  byId("newer", HTMLElement).replaceChildren(...newerLine(now.newerVersion));
}

let latest: ShownEvent[] = [];
let typing: ReturnType<typeof setTimeout> | undefined;

const wanted = () => byId("search", HTMLInputElement).value.trim();
const chosen = () => byId("sent-from", HTMLSelectElement).value || null;

function showAccounts(accounts: string[]): void {
  if (accounts.join() === sentFrom.join()) return;
  sentFrom = accounts;
  const select = byId("sent-from", HTMLSelectElement);
  const before = select.value;
  select.replaceChildren(h("option", { value: "" }, "From all accounts"), ...accounts.map((account) => h("option", { value: account }, account)));
  select.value = accounts.includes(before) ? before : "";
  select.hidden = accounts.length < 2;
}

function showList(title: string, rows: HTMLElement[]): void {
  byId("latest-title", HTMLElement).textContent = title;
  byId("events", HTMLElement).replaceChildren(...rows);
}

function showLatest(): void {
  const account = chosen();
  const events = latest.filter((event) => account === null || event.account === account);
  byId("empty", HTMLElement).hidden = events.length > 0;
  showList("Latest", events.slice(-SHOWN_EVENTS).reverse().map(eventRow));
}

async function search(): Promise<void> {
  const [text, account] = [wanted(), chosen()];
  if (text === "") {
    showLatest();
    return;
  }
  const { mails, problem } = await ask("search", { text, account });
  if (text !== wanted() || account !== chosen()) return;
  byId("empty", HTMLElement).hidden = true;
  showList(problem ?? (mails.length > 0 ? "Sent mail" : "No mail found"), mails.map(mailRow));
}

async function load(refresh: boolean): Promise<void> {
  const now = await ask("overview", { refresh });
  // A smaller number means that the server was restored from a backup and assigns the numbers again.
  readBefore = Math.min(readBefore ?? now.readUpTo, now.readUpTo);
  show(now);
}

byId("options", HTMLElement).addEventListener("click", openOptions);
byId("dismiss-outcomes", HTMLElement).addEventListener("click", () => void ask("dismiss-outcomes", null).then(() => load(false)));
showSelfTest();
byId("connect", HTMLElement).addEventListener("click", openOptions);
byId("history", HTMLElement).addEventListener("click", () => void openHistory(null));

byId("search", HTMLElement).addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => void search(), TYPING_MS);
});

byId("sent-from", HTMLSelectElement).addEventListener("change", () => void search());

// Shows the stored state at once, then the server's answer.
void load(false)
  .then(() => load(true))
  .then(() => ask("seen", null));
