import { expect, test } from "vitest";
import { untracked } from "../../tracking/decision";
import { switchView } from "./switch-view";

const fine = { isUnsure: false, recipients: 1 };
const tracked = (opens: boolean, links: boolean) => switchView({ tracked: true, options: { on: true, opens, links } }, fine);

test("the label of a tracked mail says what is tracked", () => {
  expect([tracked(true, true), tracked(true, false), tracked(false, true)].map(({ label }) => label)).toEqual([
    "Tracked", "Opens only", "Links only",
  ]);
});

test.each([
  ["off", "off"],
  ["self-test", "off"],
  ["waiting", "waiting"],
  ["no-ids", "cannot"],
  ["confidential", "cannot"],
] as const)("a mail that is untracked for the reason %s shows the state %s and why", (reason, state) => {
  const view = switchView(untracked(reason), { ...fine, isUnsure: true });
  expect(view.state).toBe(state);
  expect(view.label).not.toBe("Tracked");
  expect(view.hint).not.toBe("");
});

test("after a mail that was not understood the switch does not say that the next one is tracked", () => {
  const view = switchView({ tracked: true, options: { on: true, opens: true, links: true } }, { ...fine, isUnsure: true });
  expect([view.state, view.label]).toEqual(["unsure", "May not track"]);
  expect(view.hint).toContain("could not be tracked");
});

test("with more recipients than the server lists, the switch says so", () => {
  const view = switchView({ tracked: true, options: { on: true, opens: true, links: true } }, { ...fine, recipients: 620 });
  expect(view.hint).toContain("620 recipients. Your server lists the first 500");
});
