import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EVENT_KINDS, eventTitle } from "./event-kinds";

const contract = JSON.parse(
  readFileSync(new URL("../../../tests/contract/kinds.json", import.meta.url), "utf8"),
) as { name: string; title: string; pop_up: string; count: [string, string] }[];

test("the table has the kinds of the contract, with the same words", () => {
  const words = Object.entries(EVENT_KINDS).map(([name, { title, popUp, count }]) => ({ name, title, pop_up: popUp, count }));
  expect(words).toEqual(contract.map(({ name, title, pop_up, count }) => ({ name, title, pop_up, count })));
});

test.each(["something-new", "constructor"])("the unknown kind %s has no title", (kind) => {
  expect(eventTitle(kind)).toBeNull();
});
