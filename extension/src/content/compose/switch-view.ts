/** What a switch shows. Pure. */
import type { Decision } from "../../tracking/decision";
import { STATE_TEXT, UNSURE_HINT, WHY, trackedText } from "../texts";
import type { SwitchView } from "../ui/switch";

/** `isUnsure`: the last mail was not understood. */
export function switchView(decision: Decision, isUnsure: boolean): SwitchView {
  if (decision.tracked && isUnsure) return { state: "unsure", label: STATE_TEXT.unsure, hint: UNSURE_HINT };
  if (decision.tracked) return { state: "tracked", ...trackedText(decision.options) };
  const { reason } = decision;
  const state = reason === "off" || reason === "waiting" ? reason : "cannot";
  return { state, label: STATE_TEXT[state], hint: WHY[reason] };
}
