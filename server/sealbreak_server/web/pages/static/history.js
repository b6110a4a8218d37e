// Shows times in the browser's time zone, and refreshes the page when there are new events.
// The pages are complete without this script: times are in UTC, and a reload shows new events.

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60000;
const BURST = 300;
const AGAIN = 5000;
const SIGNED_OUT = 4401;

const ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

// Pages and files that the server fills with local times get the zone from this cookie.
if (ZONE) document.cookie = `zone=${encodeURIComponent(ZONE)}; path=/history; samesite=strict; max-age=31536000`;

// The server counts the overview in the zone of the query parameter.
function inZone(address) {
  const url = new URL(address);
  if (url.pathname === "/history/overview" && ZONE) url.searchParams.set("zone", ZONE);
  return url;
}

async function refresh() {
  const main = document.querySelector("main");
  const answer = await fetch(inZone(location.href), { credentials: "same-origin" });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("main");
  if (isBusy(main)) return false;
  for (const open of main.querySelectorAll("details[open][id]")) {
    const same = fresh.querySelector(`#${open.id}`);
    if (same) same.open = true;
  }
  localize(fresh);
  const focused = document.activeElement;
  const held = main.contains(focused) && focused !== main ? focused.getAttribute("href") : null;
  main.dataset.last = fresh.dataset.last;
  showGmail(page);
  main.replaceChildren(...fresh.childNodes);
  if (held) main.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus();
  return true;
}

// When Gmail last came stands outside of the main part.
function showGmail(page) {
  const fresh = page.querySelector("#gmail");
  if (!fresh) return;
  localize(fresh);
  document.querySelector("#gmail")?.replaceWith(fresh);
}

// A refresh must not replace a form that somebody is filling in or about to confirm.
function isBusy(main) {
  const focused = document.activeElement;
  return main.querySelector("details.sure[open]") !== null
    || (main.contains(focused) && focused.matches("input, select, textarea"));
}

function follow(wait = FIRST_WAIT) {
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/history/live`);
  const live = document.querySelector("#live");
  let timer;
  async function show() {
    if (await refresh().catch(() => false)) {
      document.querySelector("#news").textContent = "The page was updated.";
    } else {
      timer = setTimeout(show, AGAIN);
    }
  }
  socket.addEventListener("message", (frame) => {
    wait = FIRST_WAIT;
    live.hidden = false;
    if (JSON.parse(frame.data).last <= Number(document.querySelector("main").dataset.last)) return;
    clearTimeout(timer);
    timer = setTimeout(show, BURST);
  });
  socket.addEventListener("close", (end) => {
    live.hidden = true;
    if (end.code === SIGNED_OUT) return;
    setTimeout(follow, wait * (0.5 + Math.random()), Math.min(wait * 2, LONGEST_WAIT));
  });
}

function showZone() {
  const zone = ZONE || "the zone of this browser";
  const foot = document.querySelector("#zone");
  if (foot) foot.textContent = `Times are in ${zone}.`;
  const here = document.querySelector("#zone-here");
  if (here && ZONE) {
    here.querySelector("b").textContent = ZONE;
    here.hidden = false;
  }
}

localize(document);
showZone();
if (location.pathname === "/history/overview") refresh().catch(() => false);
// The first steps have a live connection of their own.
if (!["/history/settings", "/history/first-steps"].includes(location.pathname)) follow();
