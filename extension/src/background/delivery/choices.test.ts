import { expect, test } from "vitest";
import { afterChoice, postponed, withChoice, withdrawnPath, withoutChoice, type Choice } from "./choices";

const choice = (id: string, at: number, withdrawn = true): Choice => ({
  owner: "abcdefgh", path: withdrawnPath(id), method: "PUT", body: { withdrawn }, at,
});
const paths = (choices: Choice[]) => choices.map(({ path }) => path);

test("a later choice replaces the earlier one of the same mail", () => {
  const choices = withChoice(withChoice([], choice("a", 1)), choice("a", 2, false));
  expect(choices).toEqual([choice("a", 2, false)]);
});

test("the choices of another account stay", () => {
  const other = { ...choice("a", 1), owner: "bbbbbbbb" };
  expect(withChoice([other], choice("a", 2))).toEqual([other, choice("a", 2)]);
});

test("a choice that is taken back is not delivered", () => {
  expect(withoutChoice([choice("a", 1), choice("b", 1)], choice("a", 9))).toEqual([choice("b", 1)]);
});

test("a choice that changed during its delivery is delivered again", () => {
  expect(afterChoice([choice("a", 2, false)], choice("a", 1))).toHaveLength(1);
  expect(afterChoice([choice("a", 1)], choice("a", 1))).toEqual([]);
});

test("the list is bounded in number and age", () => {
  let choices: Choice[] = [];
  for (let n = 0; n <= 500; n += 1) choices = withChoice(choices, choice(`m${n}`, n));
  expect([choices.length, paths(choices)[0]]).toEqual([500, "messages/m1/withdrawn"]);
  expect(paths(withChoice(choices, choice("late", 31 * 86_400_000)))).toEqual(["messages/late/withdrawn"]);
});

test("a choice that the server does not know yet is kept for later", () => {
  expect(postponed([choice("a", 1), choice("b", 1)], choice("a", 1), 99)).toEqual([{ ...choice("a", 1), notBefore: 99 }, choice("b", 1)]);
});
