/** What a switch shows. Pure. */
import type { Decision } from "../../tracking/decision";
import { STATE_TEXT, WHY, trackedText } from "../texts";
import type { SwitchView } from "../ui/switch";

export function switchView(decision: Decision): SwitchView {
  if (decision.tracked) return { state: "tracked", ...trackedText(decision.options) };
  const { reason } = decision;
  const state = reason === "off" || reason === "waiting" ? reason : "cannot";
  return { state, label: STATE_TEXT[state], hint: WHY[reason] };
}
