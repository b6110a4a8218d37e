/** Applies a plan to the text of the parts. Everything outside the changed places stays as it was. */
import type { Part } from "../../shared/outgoing-mail";
import { splice, type Replacement } from "../../shared/text-edit";
import type { Change, Plan } from "./plan";

/** What a part gets at its end; null for what it does not get. */
export interface Ending {
  part: number;
  line: Line | null;
  /** The address of the hidden link beside the pixel. */
  hidden: string | null;
  pixel: string | null;
}

/** A visible line that leads to the page for readers. */
export interface Line {
  text: string;
  url: string;
}

/**
 * Returns the new HTML for each part, or null for a part that stays as it is. `wrapped` holds the address of link n
 * at index n - 1.
 */
export function applyPlan(
  parts: readonly Part[],
  plan: Plan,
  wrapped: readonly string[],
  ending: Ending | null,
): (string | null)[] {
  return parts.map(({ html }, index) => {
    const changes = plan.changes[index] ?? [];
    const end = ending?.part === index ? endingHtml(ending) : "";
    if (changes.length === 0 && !end) return null;
    return splice(html, changes.map((change) => replacement(change, wrapped))) + end;
  });
}

function endingHtml({ line, hidden, pixel }: Ending): string {
  return (line ? lineHtml(line) : "") + (hidden === null ? "" : hiddenHtml(hidden)) + (pixel === null ? "" : pixelHtml(pixel));
}

/** All of it is the link, so that removing the link from a quote leaves nothing behind. */
function lineHtml({ text, url }: Line): string {
  return `<a ${href(url)} style="display:block;margin-top:16px;font-size:12px;color:#70757a">${escapeText(text)}</a>`;
}

/** The pixel is a block: as an inline image it would add an empty line to the mail. */
function pixelHtml(url: string): string {
  return `<img src="${escapeAttribute(url)}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">`;
}

/** The link has no text, so nothing is visible if a mail program drops the style. */
function hiddenHtml(url: string): string {
  return `<a ${href(url)} style="display:none;font-size:0" aria-hidden="true" tabindex="-1"></a>`;
}

function replacement(change: Change, wrapped: readonly string[]): Replacement {
  switch (change.kind) {
    case "remove":
      return { ...change.span, text: "" };
    case "text":
      return { ...change.span, text: change.text };
    case "attribute":
      return { ...change.span, text: change.value === "" ? "" : `${change.name}="${escapeAttribute(change.value)}"` };
    case "unwrap":
      return { ...change.span, text: href(change.url) };
    case "wrap": {
      const url = wrapped[change.n - 1];
      if (url === undefined) throw new RangeError(`link ${change.n} has no address`);
      return { ...change.span, text: href(url) };
    }
  }
}

function href(url: string): string {
  return `href="${escapeAttribute(url)}"`;
}

function escapeAttribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
