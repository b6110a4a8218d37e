/** The progress of a mail as an icon. The icons differ in shape, not only in colour. */
import type { Progress } from "../../server/mail-summary";

const SVG = "http://www.w3.org/2000/svg";

const SHAPES: Record<Progress, [tag: string, attributes: Record<string, string>][]> = {
  sent: [["path", { d: "M3.5 8.5l3 3 6-7" }]],
  machines: [
    ["circle", { cx: "8", cy: "8", r: "6.2", "stroke-dasharray": "2.2 1.9", "stroke-width": "1.4" }],
    ["path", { d: "M5.2 8.2l2 2 3.6-4.2", "stroke-width": "1.5" }],
  ],
  doubtful: [
    ["circle", { cx: "8", cy: "8", r: "6.2", "stroke-width": "1.4" }],
    ["path", { d: "M6 6.4a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M8 11.6v.1", "stroke-width": "1.5" }],
  ],
  opened: [["path", { d: "M1 8.5l3 3 6-7M7.4 11l.6.5 6-7" }]],
  clicked: [
    ["rect", { class: "sealbreak-solid", x: ".8", y: ".8", width: "14.4", height: "14.4", rx: "4.6" }],
    ["path", { class: "sealbreak-cut", d: "M5 3.8l6.9 4.3-3 .8 1.8 3-1.5.9-1.8-3-2.1 2.2z" }],
  ],
};

export function progressIcon(progress: Progress): SVGElement {
  const icon = made("svg", { viewBox: "0 0 16 16", "aria-hidden": "true", class: "sealbreak-icon", "data-progress": progress });
  icon.append(...SHAPES[progress].map(([tag, attributes]) => made(tag, attributes)));
  return icon;
}

function made(tag: string, attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
