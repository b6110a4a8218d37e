import { EDITOR } from "../selectors";

/** The elements of a compose window outside of its text, which may have megabytes and contain anything. */
export function findBesideText(root: Element, selector: string): Element[] {
  const found: Element[] = [];
  let text: Element | null = root.querySelector(EDITOR);
  if (!text) return [...root.querySelectorAll(selector)];
  for (; text && text !== root; text = text.parentElement)
    for (const beside of text.parentElement?.children ?? []) {
      if (beside === text) continue;
      if (beside.matches(selector)) found.push(beside);
      found.push(...beside.querySelectorAll(selector));
    }
  return found;
}
