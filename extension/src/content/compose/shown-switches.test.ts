import { expect, test } from "vitest";
import { NO_OVERRIDES } from "../../shared/tracking-options";
import { untracked } from "../../tracking/decision";
import { ShownSwitches, type Shown } from "./shown-switches";

const waiting: Shown = { decision: untracked("waiting"), confidential: false, overrides: NO_OVERRIDES };
const off: Shown = { decision: untracked("off"), confidential: false, overrides: { ...NO_OVERRIDES, on: false } };
const isOpen = (window: object) => !("closed" in window);

test("what the switch of a draft showed last is known after its window is closed", () => {
  const shown = new ShownSwitches();
  shown.record({}, "msg-a:r1", waiting);
  shown.record({}, "msg-a:r1", off);
  expect(shown.take("msg-a:r1", isOpen, 0)).toEqual(off);
  expect(shown.take("msg-a:r2", isOpen, 0)).toBeNull();
});

test("a draft without a known id has the choice of the window that was just closed", () => {
  const shown = new ShownSwitches();
  const sent = { closed: true };
  shown.record({}, null, waiting);
  shown.record(sent, null, off);
  shown.close(sent, 0);
  expect(shown.take("msg-a:r1", isOpen, 5000)?.overrides.on).toBe(false);
  expect(shown.take("msg-a:r2", isOpen, 5000)?.overrides.on).toBeNull();
});

test("with several windows that may have been sent, the most private choice applies", () => {
  const shown = new ShownSwitches();
  shown.record({}, null, waiting);
  shown.record({}, null, off);
  expect(shown.take("msg-a:r1", isOpen, 0)).toMatchObject({ decision: waiting.decision, overrides: { on: false } });
});

test("a window that was closed long ago is not the one that is sent", () => {
  const shown = new ShownSwitches();
  const closed = { closed: true };
  shown.record(closed, null, off);
  shown.close(closed, 0);
  expect(shown.take("msg-a:r1", isOpen, 10_001)).toBeNull();
});
