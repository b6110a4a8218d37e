import { expect, test, vi } from "vitest";
import { atOnce, inSlices } from "./slices";

function* steps(count: number): Generator<void, number> {
  for (let n = 0; n < count; n += 1) yield;
  return count;
}

test("short work never waits, and long work lets others run in between", async () => {
  let time = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (time += 5));
  let turns = 0;
  const timer = setInterval(() => (turns += 1));
  expect(await inSlices(steps(2000))).toBe(2000);
  clearInterval(timer);
  vi.restoreAllMocks();
  expect(turns).toBeGreaterThan(0);
  expect(atOnce(steps(3))).toBe(3);
});
