import { expect, test } from "vitest";
import { isOver } from "./clock";

test.each([
  [100, 109, false],
  [100, 110, true],
  [100, 99, true],
])("a pause of 10 that began at %i is over at %i: %j", (since, now, over) => {
  expect(isOver(since, 10, now)).toBe(over);
});
