import { expect, test } from "vitest";
import { isNewer } from "./versions";

test.each([
  ["0.2.0", "0.1.0", true],
  ["0.10", "0.9.5", true],
  ["1.0.0.1", "1", true],
  ["0.1.0", "0.1.0", false],
  ["0.1", "0.1.0", false],
  ["0.1.0", "0.2.0", false],
  ["tomorrow", "0.1.0", false],
])("%s is newer than %s: %s", (other, ours, newer) => {
  expect(isNewer(other, ours)).toBe(newer);
});
