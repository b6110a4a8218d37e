/** A compose window, inline reply or pop-out as an object. Read only: the draft is never touched. */
import {
  COMPOSE_ROOTS,
  CONFIDENTIAL,
  DRAFT_INPUT,
  EDITOR,
  HTML_INPUT,
  RECIPIENT,
  SEND_CELL,
  TOOLBAR_ROW,
} from "../selectors";

/** True once any compose said that it is HTML: only then does Gmail keep the field up to date. */
let flagIsKept = false;

export class Compose {
  constructor(
    readonly root: HTMLElement,
    private readonly input: HTMLInputElement,
  ) {}

  get draftId(): string | null {
    const id = this.input.value.replace(/^#/, "");
    return id.startsWith("msg-") ? id : null;
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
    return this.root.querySelector(CONFIDENTIAL) !== null;
  }

  get recipients(): string[] {
    return [...this.root.querySelectorAll(RECIPIENT)]
      .map((chip) => chip.getAttribute("data-hovercard-id") ?? "")
      .filter((address) => address.includes("@"));
  }

  /** Where the switch belongs, and before what; null where Gmail's toolbar is not found. */
  get toolbar(): { row: Element; before: Element | null } | null {
    const row = this.root.querySelector(TOOLBAR_ROW);
    if (!row) return null;
    const send = [...row.children].find((cell) => cell.matches(SEND_CELL) || cell.querySelector(SEND_CELL));
    return { row, before: send ? send.nextElementSibling : null };
  }
}

export function findComposes(): Compose[] {
  return [...document.querySelectorAll<HTMLInputElement>(DRAFT_INPUT)].flatMap((input) => {
    const root = rootOf(input);
    return root ? [new Compose(root, input)] : [];
  });
}

/** The nearest element that holds the toolbar of this draft and of no other. */
function rootOf(input: HTMLInputElement): HTMLElement | null {
  for (let at = input.parentElement; at; at = at.parentElement) {
    if (at.querySelectorAll(DRAFT_INPUT).length > 1) break;
    if (at.querySelector(TOOLBAR_ROW)) return at;
  }
  return COMPOSE_ROOTS.map((name) => input.closest<HTMLElement>(name)).find(Boolean) ?? null;
}
