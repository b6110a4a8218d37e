/** The recipients in a compose window: chips, collapsed recipients and typed text of the fields To, Cc and Bcc. */
import { COLLAPSED_RECIPIENTS, RECIPIENT, RECIPIENT_FIELD, SUGGESTIONS } from "../selectors";
import { findBesideText } from "./beside-text";
import { addressesIn } from "./typed-addresses";

export function recipientsIn(root: Element): string[] {
  const collapsed = findBesideText(root, COLLAPSED_RECIPIENTS).map(addressOf);
  const found = [...findBesideText(root, RECIPIENT_FIELD).flatMap(recipientsOfField), ...collapsed].filter((address) => address.includes("@"));
  return [...new Set(found)];
}

function recipientsOfField(field: Element): string[] {
  if (isText(field)) return addressesIn(field.value);
  const chips = [...field.querySelectorAll(RECIPIENT)].filter((chip) => !isSuggestion(chip, field)).map(addressOf);
  const typed = [...field.querySelectorAll("input, textarea")].filter(isText).flatMap(({ value }) => addressesIn(value));
  return [...chips, ...typed];
}

/** The list of chips has no input; a list of suggestions is controlled by one. */
function isSuggestion(chip: Element, field: Element): boolean {
  const list = chip.closest(SUGGESTIONS);
  if (!list?.id || !field.contains(list)) return false;
  const id = CSS.escape(list.id);
  return field.querySelector(`[aria-controls~="${id}"], [aria-owns~="${id}"]`) !== null;
}

function addressOf(chip: Element): string {
  return chip.getAttribute("email") ?? chip.getAttribute("data-hovercard-id") ?? "";
}

function isText(element: Element): element is HTMLInputElement | HTMLTextAreaElement {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
}
