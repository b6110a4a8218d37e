import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { reachOf } from "./reach";

const path = new URL("../../../tests/contract/reach.json", import.meta.url);
const cases = JSON.parse(readFileSync(path, "utf8")) as { address: string; reach: string }[];

test.each(cases)("$address is reached by $reach", ({ address, reach }) => {
  expect(reachOf(address)).toBe(reach);
});
