import { expect, test } from "vitest";
import { splice } from "./text-edit";

test("a splice changes nothing outside its spans", () => {
  const fresh = splice("abcdef", [
    { start: 4, end: 5, text: "" },
    { start: 1, end: 1, text: "XY" },
  ]);
  expect(fresh).toBe("aXYbcdf");
});

test("overlapping replacements are rejected", () => {
  const twice = [
    { start: 0, end: 3, text: "" },
    { start: 2, end: 4, text: "" },
  ];
  expect(() => splice("abcdef", twice)).toThrow(RangeError);
});
