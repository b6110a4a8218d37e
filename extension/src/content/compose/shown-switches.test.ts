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
  shown.close(sent, 0, true);
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
  shown.close(closed, 0, true);
  expect(shown.take("msg-a:r1", isOpen, 10_001)).toBeNull();
});

test("a mail whose first request failed has the same choice when it is sent again later", () => {
  const shown = new ShownSwitches();
  const sent = { closed: true };
  shown.record(sent, null, off);
  shown.close(sent, 0, true);
  expect(shown.take("msg-a:r1", isOpen, 100)).toMatchObject(off);
  expect(shown.take("msg-a:r1", isOpen, 60_000)).toMatchObject(off);
});

test("the choice of a mail that is sent offline is known until the network is back", () => {
  const shown = new ShownSwitches();
  const sent = { closed: true };
  shown.record(sent, null, off);
  shown.close(sent, 0, false);
  shown.online(600_000);
  expect(shown.take("msg-a:r1", isOpen, 601_000)).toMatchObject(off);
  const late = new ShownSwitches();
  late.record(sent, null, off);
  late.close(sent, 0, false);
  late.online(600_000);
  expect(late.take("msg-a:r1", isOpen, 610_001)).toBeNull();
});
