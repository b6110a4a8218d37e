import fc from "fast-check";
import { expect, test } from "vitest";
import { spanAt } from "./json-span";

function valueAt(text: string, path: number[]): unknown {
  const { start, end } = spanAt(text, path);
  return JSON.parse(text.slice(start, end));
}

test("a value is found after strings with brackets, quotes and backslashes", () => {
  const text = JSON.stringify(['a"]\\', { b: ["]"] }, [1, "\\\\", "here"]]);
  expect(valueAt(text, [2, 2])).toBe("here");
});

test("a value is found between white space and large numbers", () => {
  expect(valueAt(' [ 12345678901234567890 , [ null , "x" ] ] ', [1, 1])).toBe("x");
});

test.each(["", "[1", '["a', "[1 2]", "{}", "[]"])("%j has no second element", (text) => {
  expect(() => spanAt(text, [1])).toThrow(SyntaxError);
});

test("every element of every list is found where JSON.parse finds it", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), fc.nat(4), (list, indent) => {
      const text = JSON.stringify(list, null, indent);
      list.forEach((_, i) => {
        expect(valueAt(text, [i])).toEqual(JSON.parse(JSON.stringify(list[i])));
      });
    }),
  );
});
