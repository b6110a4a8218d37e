import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EVENT_KINDS, eventTitle } from "./event-kinds";

const contract = JSON.parse(
  readFileSync(new URL("../../../tests/contract/kinds.json", import.meta.url), "utf8"),
) as { name: string; title: string }[];

test("the table has the kinds of the contract, with the same titles", () => {
  const titles = Object.entries(EVENT_KINDS).map(([name, { title }]) => ({ name, title }));
  expect(titles).toEqual(contract.map(({ name, title }) => ({ name, title })));
});

test.each(["something-new", "constructor"])("the unknown kind %s has no title", (kind) => {
  expect(eventTitle(kind)).toBeNull();
});
