// A small page in the place of Gmail for tests. It imitates structure and traffic only.
const LABELS = {
  en: { compose: "Compose", send: "Send", sent: "Message sent", undo: "Undo", alert: "Please specify at least one recipient." },
  de: { compose: "Schreiben", send: "Senden", sent: "Nachricht gesendet", undo: "Rückgängig", alert: "Geben Sie mindestens einen Empfänger an." },
  ja: { compose: "作成", send: "送信", sent: "メッセージを送信しました", undo: "元に戻す", alert: "宛先を 1 件以上指定してください。" },
};
const query = new URLSearchParams(location.search);
const say = LABELS[query.get("lang") ?? "en"];
const user = location.pathname.match(/\/u\/(\d+)\//)?.[1] ?? "0";
const me = user === "0" ? "ann@example.com" : "ann@example.org";
const policy = window.trustedTypes?.createPolicy("stand-in", { createHTML: (html) => html, createScriptURL: (url) => url });
const trusted = (html) => policy?.createHTML(html) ?? html;
const trustedUrl = (url) => policy?.createScriptURL(url) ?? url;
const digits = () => String(crypto.getRandomValues(new BigUint64Array(1))[0] >> 1n);
const byId = (id) => document.getElementById(id);
let version = 1;
/** Recipients that only the request contains. */
const added = query.getAll("added");

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// ---- traffic ----

function message(draft, labels, time) {
  const people = (kind) => {
    const found = draft.recipients(kind).concat(kind === "bcc" ? added : []).map((address) => [1, address, address.split("@")[0]]);
    return found.length ? found : null;
  };
  const m = Array(47).fill(null);
  Object.assign(m, {
    0: draft.id, 1: [1, me, "Ann", null, null, null, null, null, null, me], 2: people("to"), 3: people("cc"), 4: people("bcc"),
    6: time, 7: draft.subject(), 8: [null, draft.parts(), null, null, null, null, draft.isHtml() && !query.has("plainsent") ? 1 : 0],
    10: draft.isLocked() ? [...labels, "^irm_outbound"] : labels, 17: time, 46: `s:${digits()}|#${draft.id}|0`,
  });
  return m;
}

function operation(draft, labels, time) {
  const T = [];
  const m = message(draft, labels, time);
  if (labels.includes("^r")) T[2] = [["", null, time, draft.thread, [m]]];
  else if (draft.replyTo) T[1] = [m, draft.replyTo, 1, null, [time]];
  else T[13] = [m, null, 1];
  return [(version += 1), [draft.thread, Array.from(T, (item) => item ?? null)]];
}

/** A body of another type than text. */
function packed(body) {
  if (query.get("body") === "blob") return new Blob([body]);
  return query.get("body") === "bytes" ? new TextEncoder().encode(body) : body;
}

function post(operations, isSend = false) {
  const body = JSON.stringify([[null, null, 2], [operations], null, [Date.now(), 1, Date.now(), 1, 205], 2]);
  const place = query.has("elsewhere") ? "elsewhere" : "sync";
  const url = `https://mail.google.com/${place}/u/${user}/i/s?hl=en&c=${version}&rt=r&pt=ji${isSend && query.has("fails") ? "&fails=1" : ""}${query.has("noids") ? "&noids=1" : ""}`;
  if (isSend && query.has("beacon")) {
    navigator.sendBeacon(url, body);
    return Promise.resolve();
  }
  if (query.has("fetch")) return fetch(url, { method: "POST", body, headers: { "content-type": "application/json" } });
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", url, true);
    request.setRequestHeader("content-type", "application/json");
    request.onloadend = () => done(request);
    request.send(isSend ? packed(body) : body);
  });
}

/** Gmail fetches a conversation: the answer names the mails in it. */
function refetch(...drafts) {
  const url = `https://mail.google.com/sync/u/${user}/i/fd?hl=en&c=${(version += 1)}`;
  if (query.has("fetch")) return fetch(url, { method: "POST", body: JSON.stringify(drafts) });
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", url, true);
    request.onloadend = () => done();
    request.send(JSON.stringify(drafts));
  });
}

const DRAFT = ["^all", "^r", "^r_bt"];
const SENT = ["^all", "^pfg", "^f_bt", "^f_btns", "^f_cl", "^i", "^u"];

// ---- compose ----

function hidden(name, value) {
  return node("input", { type: "hidden", name, value });
}

/** People whom Gmail suggests while an address is typed. */
function suggestions() {
  const people = query.getAll("suggested").map((address) => node("div", { role: "option", "data-hovercard-id": address }, address));
  return node("div", { class: "afC", role: "listbox" }, ...people);
}

class Compose {
  constructor(place, { reply = null, popout = false, id = `msg-a:r${digits()}`, thread = null } = {}) {
    this.id = id;
    this.replyTo = reply?.id ?? null;
    this.thread = reply?.thread ?? thread ?? `thread-a:r${digits()}`;
    this.quote = reply ? quoteOf(reply) : null;
    this.build(place, popout);
  }

  build(place, popout) {
    this.form = node("form", { class: "bAs" },
      node("div", { class: "GS" }, node("input", { type: "text", name: "to" }), node("div", { class: "anm", name: "to" }, node("div", { role: "listbox" })), suggestions(),
        ...(query.has("copies") ? ["cc", "bcc"] : []).map((name) => node("input", { type: "text", name }))),
      node("input", { type: "text", name: "subjectbox" }),
      hidden("composeid", "1"), hidden("from", ""), this.draftInput(), hidden("rt", `#${this.thread}`), hidden("ishtml", "1"));
    this.editor = node("div", { class: "Am Al editable", g_editable: "true", contenteditable: "true", role: "textbox", "aria-multiline": "true" });
    this.plain = node("textarea", { class: "Ak", hidden: "" });
    this.bar = node("tbody");
    if (!query.has("latebar")) this.drawToolbar();
    else setTimeout(() => this.drawToolbar(), Number(query.get("latebar")));
    this.m9 = node("div", { class: "M9" }, this.form,
      node("div", { class: "aoP" }, node("div", { class: "Ap" }, this.editor, this.plain)),
      node("table", { class: "IZ" }, this.bar));
    if (this.quote) this.m9.append(this.expander(), this.popper());
    this.root = popout || this.replyTo ? this.m9 : node("div", { class: "AD" },
      node("div", { class: "nH", role: "dialog" }, node("div", { class: "Hp Hm" }, say.compose, this.closer()), this.m9));
    this.form.onsubmit = (event) => event.preventDefault();
    this.m9.addEventListener("input", () => this.typed());
    this.m9.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.send();
    });
    place.append(this.root);
  }

  /** Gmail draws its toolbar again, or draws it before Send. */
  drawToolbar() {
    const row = query.has("norow") ? node("tr", { class: "unknown" }) : node("tr", { class: "btC" });
    const [send, ...others] = this.buttons();
    row.append(...others);
    this.bar.replaceChildren(row);
    if (query.has("latesend")) setTimeout(() => row.prepend(send), Number(query.get("latesend")));
    else row.prepend(send);
  }

  /** A new draft has its id in the form once it is saved: after this many milliseconds. */
  draftInput() {
    const delay = Number(query.get("lateid") ?? 0);
    const id = query.has("joined") ? `#${this.thread}|${this.id}` : `#${this.id}`;
    const made = hidden(query.has("renamed") ? "unknown" : "draft", delay ? "" : id);
    if (delay) setTimeout(() => { made.value = id; this.m9.dispatchEvent(new InputEvent("input")); }, delay);
    return made;
  }

  buttons() {
    const button = (cls, text, run, more = {}) => {
      const made = node("div", { class: cls, role: "button", tabindex: "1", "data-tooltip": text, ...more }, text);
      made.onclick = run;
      made.onkeydown = (event) => { if (event.key === "Enter" && !event.ctrlKey) run(); };
      return made;
    };
    return [
      node("td", { class: "gU Up" }, button("T-I J-J5-Ji aoO v7 T-I-atl", say.send, () => this.send())),
      node("td", { class: "gU" }, button("archive Uo", "⇩", () => this.send({ archive: true }))),
      node("td", { class: "gU" }, button("oh", "⏰", () => this.schedule(), { selector: "scheduledSend" })),
      node("td", { class: "gU" }, button("plain", "T", () => this.togglePlain())),
      node("td", { class: "gU" }, button("locker", "🔒", (event) => this.lock(event), { command: "locker", "aria-pressed": "false" })),
      node("td", { class: "gU az5" }, button("oc", "🗑", () => this.root.remove())),
    ];
  }

  closer() {
    const made = node("div", { class: "Ha", role: "button" }, "×");
    made.onclick = () => this.root.remove();
    return made;
  }

  expander() {
    const made = node("div", { class: "ajR", role: "button" }, "…");
    made.onclick = () => {
      this.editor.append(...fragment(this.quote));
      this.quote = null;
      made.remove();
    };
    return made;
  }

  /** A reply goes on in a window of its own, with the same draft. */
  popper() {
    const made = node("div", { class: "pop", role: "button" }, "↗");
    made.onclick = () => {
      const { value: to } = this.form.elements.to;
      const { innerHTML } = this.editor;
      this.root.remove();
      this.replyTo = null;
      this.build(byId("windows"), false);
      this.form.elements.to.value = to;
      write(this.editor, innerHTML);
    };
    return made;
  }

  recipients(kind) {
    const typed = (this.form.elements[kind]?.value ?? "").split(",").map((text) => text.trim()).filter(Boolean);
    return kind === "to" ? [...(this.kept ?? []), ...typed] : typed;
  }

  subject() {
    return this.form.elements.subjectbox.value;
  }

  isHtml() {
    return this.form.elements.ishtml.value === "1";
  }

  isLocked() {
    return query.has("locked") || this.m9.querySelector(".locker").getAttribute("aria-pressed") === "true";
  }

  parts() {
    if (query.has("encrypted")) return null;
    if (query.has("plainsent")) return [[0, this.editor.innerText]];
    if (!this.isHtml()) return [[0, this.plain.value]];
    const own = [0, `<div dir="ltr">${this.editor.innerHTML}</div>`];
    return this.quote ? [own, [2, this.quote]] : [own];
  }

  togglePlain() {
    const html = !this.isHtml();
    this.form.elements.ishtml.value = html ? "1" : "0";
    this.plain.value = this.editor.innerText;
    this.editor.hidden = !html;
    this.plain.hidden = html;
    this.plain.style.display = html ? "none" : "block";
    this.editor.style.display = html ? "block" : "none";
  }

  lock(event) {
    const pressed = event.currentTarget.getAttribute("aria-pressed") === "true";
    event.currentTarget.setAttribute("aria-pressed", String(!pressed));
  }

  typed() {
    if (query.has("shown")) this.showRecipients(query.get("shown"));
    clearTimeout(this.saving);
    this.saving = setTimeout(() => post([operation(this, DRAFT, Date.now())]), 150);
  }

  /** Gmail turns typed addresses into chips, and later collapses them into one line. */
  showRecipients(how) {
    this.kept = this.recipients("to");
    this.form.elements.to.value = "";
    const chips = this.kept.map((address) => node("div", { role: "option", "data-name": address, "data-hovercard-id": address }, address));
    const names = this.kept.map((address) => node("span", { email: address }, address.split("@")[0]));
    this.form.querySelector(".anm [role=listbox]").replaceChildren(...(how === "chips" ? chips : []));
    this.form.querySelector(".aoD")?.remove();
    if (how === "collapsed") this.form.append(node("div", { class: "aoD hl" }, ...names));
  }

  send({ archive = false } = {}) {
    if (this.recipients("to").length === 0) {
      byId("toast").textContent = say.alert;
      return Promise.resolve();
    }
    return this.leave([operation(this, SENT, Date.now()), ...(archive ? [[(version += 1), [this.thread, [null, null, null, null, null, null, [["^i"], ["^archive"]]]]]] : [])]);
  }

  schedule() {
    if (!query.has("pick")) return this.leaveLater();
    const pick = node("div", { role: "menuitem", id: "pick" }, "08:00");
    const menu = node("div", { role: "menu" }, pick);
    pick.onclick = () => { menu.remove(); this.leaveLater(); };
    document.body.append(menu);
  }

  leaveLater() {
    return this.leave([operation(this, ["^all", "^scheduled", "^f_bt"], Date.now() + 86_400_000)], ["^scheduled"]);
  }

  leave(operations, labels = SENT) {
    clearTimeout(this.saving);
    const place = this.root.parentElement;
    this.root.remove();
    byId("toast").replaceChildren(say.sent, this.undo(place, labels));
    // A batch, as in Gmail: other changes are sent with the mail.
    return post(operations, true).then(() => { document.body.dataset.sent = String(Number(document.body.dataset.sent ?? 0) + 1); });
  }

  undo(place, labels) {
    const made = node("button", { type: "button", id: "undo" }, say.undo);
    made.onclick = () => {
      post([[(version += 1), [this.thread, [null, null, null, null, null, null, [["^r"], [labels.includes("^pfg") ? "^pfg" : "^scheduled"], [this.id]]]]]]);
      place.append(this.root);
    };
    return made;
  }
}

function fragment(html) {
  const made = document.createElement("template");
  made.innerHTML = trusted(html);
  return made.content.childNodes;
}

function quoteOf(reply) {
  return `<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">${reply.html}</blockquote></div>`;
}

// ---- thread ----

async function openThread(name) {
  const { id, thread, html, legacy, legacy_thread, sender } = await (await fetch(`/thread/${name}`)).json();
  const body = node("div", { class: "ii gt" });
  body.append(...fragment(html));
  const reply = node("div", { class: "ip" });
  const answer = node("button", { type: "button", id: "reply" }, "↩");
  answer.onclick = () => { openCompose(reply, { reply: { id, thread, html } }); };
  byId("main").replaceChildren(
    node("h2", { class: "hP", "data-thread-perm-id": thread, "data-legacy-thread-id": legacy_thread }, "Offer 12"),
    node("div", { role: "list" },
      node("div", { "data-message-id": `#${id}`, "data-legacy-message-id": legacy },
        node("div", { class: "gE" }, node("span", { class: "gD", email: sender }, sender)), body)), answer, reply);
}

// ---- list ----

function row({ people, subject, thread, date = "Nov 23" }) {
  const ids = { "data-thread-id": `#thread-f:${parseInt(thread, 16)}`, "data-legacy-thread-id": thread };
  const made = node("tr", { class: "zA yO", role: "row", draggable: "true" },
    node("td", { class: "apU xY" }, "☆"),
    node("td", { class: "yX xY" }, node("div", { class: "yW" }, people)),
    node("td", { class: "xY a4W" }, node("div", { class: "xS" }, node("div", { class: "xT" },
      node("div", { class: "y6" }, node("span", ids, subject))))),
    node("td", { class: "xW xY" }, node("span", { title: date }, date)));
  made.onclick = () => { document.body.dataset.clicked = thread; };
  return made;
}

function table(lines) {
  return node("div", { class: "Cp" }, node("table", { class: "F cf zt" }, node("tbody", {}, ...lines)));
}

function showList(rows) {
  byId("main").replaceChildren(table(rows.map(row)));
}

/** Beside a vertical pane a conversation has two or three lines. */
function lines({ people, subject, thread, date = "Nov 23" }, count) {
  const ids = { "data-thread-id": `#thread-f:${parseInt(thread, 16)}`, "data-legacy-thread-id": thread };
  const first = node("tr", { class: "zA apv yO", role: "row" }, node("td", { class: "apy xY" }, node("div", { class: "yW" }, people)),
    node("td", { class: "apt" }, node("div", { class: "apm" }, node("span", { title: date }, date))));
  const second = node("tr", { class: "zA apv yO" }, node("td", { class: "xY", colspan: "2" }, node("div", { class: "y6" }, node("span", ids, subject))));
  const third = node("tr", { class: "zA apw yO" }, node("td", { colspan: "2" }, "snippet"));
  return [first, second, third].slice(0, count);
}

/** A list with a pane for the open conversation, which is also named by its row. */
async function showSplit(rows, { open, vertical = false }) {
  const body = await openThread(open);
  const list = rows.map((one, place) => (vertical ? lines(one, 2 + (place % 2)) : [row(one)]));
  const [shown] = list[0];
  shown.classList.add("aps");
  if (!vertical) {
    const named = shown.querySelector("[data-legacy-thread-id]");
    shown.setAttribute("data-legacy-thread-id", named.getAttribute("data-legacy-thread-id"));
    named.removeAttribute("data-legacy-thread-id");
  }
  byId("main").prepend(table(list.flat()));
  return body;
}

/** Gmail reuses a row for another conversation. */
function recycle(place, { people, subject, thread }) {
  const used = document.querySelectorAll("tr.zA")[place];
  used.querySelector(".yW").textContent = people;
  const named = used.querySelector("[data-legacy-thread-id]");
  named.setAttribute("data-legacy-thread-id", thread);
  named.firstChild.data = subject;
}

const composes = [];

function openCompose(place, options) {
  const compose = new Compose(place, options);
  composes.push(compose);
  return compose;
}

// ---- the ways in which a page can load an image ----

const inner = (html) => { const made = node("div"); made.innerHTML = trusted(html); return made; };
const attached = (made) => document.body.append(made);
const image = (attributes) => node("img", attributes);
const template = (url) => { const made = node("template"); made.innerHTML = trusted(`<img src="${url}">`); return made.content; };
const styled = (css) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets.push(sheet); };
const svg = (url) => {
  const root = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const made = document.createElementNS("http://www.w3.org/2000/svg", "image");
  made.setAttribute("href", url);
  root.append(made);
  return root;
};

const WAYS = {
  "innerHTML attached": (url) => { const made = node("div"); attached(made); made.innerHTML = trusted(`<img src="${url}">`); },
  "innerHTML detached": (url) => inner(`<img src="${url}">`),
  "img.src": (url) => { const made = node("img"); attached(made); made.src = url; },
  setAttribute: (url) => { const made = node("img"); attached(made); made.setAttribute("src", url); },
  DOMParser: (url) => attached(document.adoptNode(new DOMParser().parseFromString(trusted(`<img src="${url}">`), "text/html").body.firstChild)),
  importNode: (url) => attached(document.importNode(template(url), true)),
  template: (url) => attached(template(url)),
  insertAdjacentHTML: (url) => document.body.insertAdjacentHTML("beforeend", trusted(`<img src="${url}">`)),
  "new Image": (url) => { new Image().src = url; },
  "CSS background": (url) => { const made = node("div"); made.style.cssText = `width:9px;height:9px;background:url("${url}")`; attached(made); },
  "static HTML": (url) => { const made = node("iframe"); made.srcdoc = trusted(`<!doctype html><img src="${url}">`); attached(made); },
  "XHR rendered": (url) => {
    const request = new XMLHttpRequest();
    request.open("GET", `/echo?html=${encodeURIComponent(`<img src="${url}">`)}`);
    request.onload = () => attached(inner(request.responseText));
    request.send();
  },
  "fetch rendered": async (url) => attached(inner(await (await fetch(`/echo?html=${encodeURIComponent(`<img src="${url}">`)}`)).text())),
  createContextualFragment: (url) => attached(document.createRange().createContextualFragment(trusted(`<img src="${url}">`))),
  cloneNode: (url) => attached(image({ src: url }).cloneNode()),
  srcset: (url) => attached(image({ srcset: `${url} 1x` })),
  picture: (url) => attached(node("picture", {}, node("source", { srcset: url }), node("img"))),
  object: (url) => attached(node("object", { data: trustedUrl(url), type: "image/gif" })),
  embed: (url) => attached(node("embed", { src: trustedUrl(url), type: "image/gif" })),
  "video poster": (url) => attached(node("video", { poster: url })),
  "svg image": (url) => attached(svg(url)),
  "input type=image": (url) => attached(node("input", { type: "image", src: url })),
  iframe: (url) => attached(node("iframe", { src: url })),
  fetch: (url) => fetch(url, { mode: "no-cors" }).catch(() => null),
  XHR: (url) => { const request = new XMLHttpRequest(); request.open("GET", url); request.onerror = () => null; request.send(); },
  preload: (url) => document.head.append(node("link", { rel: "preload", as: "image", href: url })),
  "CSS rule": (url) => {
    const name = `shown${document.styleSheets.length + document.adoptedStyleSheets.length}`;
    styled(`.${name} { content: url("${url}") }`);
    attached(node("div", { class: name }));
  },
};

function write(editor, html) {
  editor.replaceChildren(...fragment(html));
  editor.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

window.standIn = {
  write,
  ways: Object.keys(WAYS),
  load: (way, url) => WAYS[way](url),
  openThread,
  showList,
  showSplit,
  recycle,
  compose: (options) => openCompose(byId("windows"), options),
  composes,
  post,
  refetch,
  batch: (...drafts) => drafts[0].leave(drafts.map((draft) => operation(draft, SENT, Date.now()))),
};

document.documentElement.lang = query.get("lang") ?? "en";
document.documentElement.dir = query.get("dir") ?? "ltr";
document.body.classList.toggle("dark", query.has("dark"));
byId("compose").title = say.compose;
byId("compose").onclick = () => { openCompose(byId("windows")); };
if (location.pathname.endsWith("/popout")) {
  byId("compose").remove();
  openCompose(byId("main"), { popout: true });
}
document.body.dataset.ready = "true";
