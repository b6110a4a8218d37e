/** Gmail's compose windows, inline replies and pop-outs. */
import type { LinkRules } from "../../../tracking/body/links";
import type { Identity } from "../../../tracking/addresses/urls";
import type { ComposeWindow, DraftLink, SendWindow } from "../../host";
import { draftIdIn } from "../ids";
import {
  BUTTON,
  COMPOSE_ROOTS,
  CONFIDENTIAL,
  DRAFT_INPUT,
  EDITOR,
  HTML_INPUT,
  NOT_SEND,
  SEND_CELL,
  SUBJECT_INPUT,
  TOOLBAR_ROW,
} from "../selectors";
import { findBesideText } from "./beside-text";
import { draftLinks } from "./draft-links";
import { recipientsIn } from "./recipients";

/** True once any compose window had "1" in the field: only then does Gmail keep the field up to date. */
let flagIsKept = false;

class GmailComposeWindow implements ComposeWindow {
  constructor(
    readonly root: HTMLElement,
    private readonly input: HTMLInputElement,
  ) {}

  get draftId(): string | null {
    return draftIdIn(this.input.value);
  }

  /** The field alone does not prove it: a page recorded in 2020 has "0" beside a rich-text editor. */
  get plainText(): boolean {
    const flag = this.root.querySelector<HTMLInputElement>(HTML_INPUT)?.value;
    flagIsKept ||= flag === "1";
    if (flag !== "0") return false;
    const editor = this.root.querySelector(EDITOR);
    return flagIsKept || !editor?.checkVisibility();
  }

  get confidential(): boolean {
    return findBesideText(this.root, CONFIDENTIAL).length > 0;
  }

  get subject(): string {
    return this.root.querySelector<HTMLInputElement>(SUBJECT_INPUT)?.value ?? "";
  }

  get recipients(): string[] {
    return recipientsIn(this.root);
  }

  get toolbar(): ComposeWindow["toolbar"] {
    const row = this.root.querySelector(TOOLBAR_ROW);
    if (!row) return null;
    const send = [...row.children].find((cell) => cell.matches(SEND_CELL) || cell.querySelector(SEND_CELL));
    return { row, send: send ?? null };
  }

  isSame(later: ComposeWindow): boolean {
    if (!(later instanceof GmailComposeWindow)) return false;
    return later.input === this.input || (later.root === this.root && !this.input.isConnected);
  }

  links(own: readonly Identity[], rules: LinkRules): DraftLink[] {
    return draftLinks(this.root, own, rules);
  }

  isSend(event: Event): boolean {
    return maySend(this.root, event);
  }
}

function maySend(root: HTMLElement, event: Event): boolean {
  if (!(event.target instanceof Element)) return false;
  if (event instanceof KeyboardEvent) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return true;
    if (event.key !== "Enter" && event.key !== " ") return false;
  }
  const button = event.target.closest(BUTTON);
  return button !== null && root.contains(button) && !event.target.closest(`${NOT_SEND}, ${EDITOR}`);
}

/** One for each root, since a window has one switch. */
export function findComposeWindows(): ComposeWindow[] {
  const found = new Map<HTMLElement, ComposeWindow>();
  for (const input of document.querySelectorAll<HTMLInputElement>(DRAFT_INPUT)) {
    const root = rootOf(input);
    if (root && !found.has(root)) found.set(root, new GmailComposeWindow(root, input));
  }
  return [...found.values()];
}

/** Gmail may have changed the form, so no hidden field is needed. */
export function findWindowAround(target: Element): SendWindow | null {
  const root = COMPOSE_ROOTS.map((name) => target.closest<HTMLElement>(name)).find(Boolean);
  if (!root?.querySelector(EDITOR)) return null;
  const draftId = draftIdIn(root.querySelector<HTMLInputElement>(DRAFT_INPUT)?.value ?? "");
  return { root, draftId, isSend: (event) => maySend(root, event) };
}

/** The nearest element that contains the toolbar of this draft and of no other. */
function rootOf(input: HTMLInputElement): HTMLElement | null {
  for (let at = input.parentElement; at; at = at.parentElement) {
    if (at.querySelectorAll(DRAFT_INPUT).length > 1) break;
    if (at.querySelector(TOOLBAR_ROW)) return at;
  }
  return COMPOSE_ROOTS.map((name) => input.closest<HTMLElement>(name)).find(Boolean) ?? null;
}
