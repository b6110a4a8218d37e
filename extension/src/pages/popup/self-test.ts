/** The test mail in the popup: its button, and what the last one proved. */
import { ask } from "../../messaging/messages";
import { byId } from "../page";

const TIME = /(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC/g;

/** The server's times are in UTC. */
export function withLocalTimes(text: string): string {
  return text.replace(TIME, (_, day: string, clock: string) => new Date(`${day}T${clock}:00Z`).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }));
}

export function showSelfTest(): void {
  byId("self-test", HTMLElement).addEventListener("click", () => void send());
  void ask("self-test-state", null).then((state) => {
    if (!state) return;
    const line = byId("self-test-state", HTMLElement);
    line.dataset.status = state.status;
    line.textContent = withLocalTimes(`${state.summary} ${state.advice}`.trim());
  });
}

async function send(): Promise<void> {
  const { url, problem } = await ask("make-self-test", null);
  byId("problem", HTMLElement).textContent = problem ?? "";
  if (!url) return;
  await chrome.tabs.create({ url });
  window.close();
}
