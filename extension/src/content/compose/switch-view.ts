/** What a switch shows. Pure. */
import type { Decision } from "../../tracking/decision";
import { MAX_RECIPIENTS } from "../../tracking/registration";
import { STATE_TEXT, UNSURE_HINT, WHY, tooManyText, trackedText } from "../texts";
import type { SwitchView } from "../ui/switch";

interface SwitchFacts {
  /** The last mail was not understood. */
  isUnsure: boolean;
  recipients: number;
}

export function switchView(decision: Decision, { isUnsure, recipients }: SwitchFacts): SwitchView {
  if (decision.tracked && isUnsure) return { state: "unsure", label: STATE_TEXT.unsure, hint: UNSURE_HINT };
  if (decision.tracked) {
    const { label, hint } = trackedText(decision.options);
    return { state: "tracked", label, hint: recipients > MAX_RECIPIENTS ? `${hint} ${tooManyText(recipients)}` : hint };
  }
  const { reason } = decision;
  if (reason === "self-test") return { state: "off", label: STATE_TEXT.test, hint: WHY[reason] };
  const state = reason === "off" || reason === "waiting" ? reason : "cannot";
  return { state, label: STATE_TEXT[state], hint: WHY[reason] };
}
