// Copies, shows times, and renews the page when the server says that something has changed.
// The page is complete without this script: a reload shows what has changed.

const PAUSE = 1000;

async function copy(button, write) {
  await write();
  const words = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = words; }, 1500);
}

function picture(address) {
  const image = document.createElement("img");
  image.src = address;
  image.alt = "";
  const html = new Blob([`<p>This mail tests a Sealbreak server. ${image.outerHTML}</p>`], { type: "text/html" });
  return navigator.clipboard.write([new ClipboardItem({ "text/html": html })]);
}

// Buttons that copy are shown only if the script can copy.
function prepare(root) {
  localize(root);
  for (const button of root.querySelectorAll("[data-copy], [data-copy-picture]")) {
    button.hidden = !navigator.clipboard;
    const { copy: text, copyPicture } = button.dataset;
    button.addEventListener("click", () => copy(button, () => text === undefined ? picture(copyPicture) : navigator.clipboard.writeText(text)));
  }
}

async function renew() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#steps");
  const steps = document.querySelector("#steps");
  if (fresh.innerHTML === shown) return;
  shown = fresh.innerHTML;
  for (const open of steps.querySelectorAll("details[open][id]")) fresh.querySelector(`#${open.id}`)?.setAttribute("open", "");
  prepare(fresh);
  steps.replaceChildren(...fresh.childNodes);
}

function listen() {
  const path = document.querySelector("#steps").dataset.live;
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${path}`);
  socket.addEventListener("message", () => void renew().catch(() => undefined));
  socket.addEventListener("close", () => setTimeout(listen, PAUSE * (1 + Math.random())));
}

let shown = document.querySelector("#steps").innerHTML;
prepare(document);
listen();
