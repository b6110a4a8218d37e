import fc from "fast-check";
import { expect, test } from "vitest";
import { pack, unpack } from "./packing";

const text = fc.oneof(
  fc.string(),
  fc.tuple(fc.string({ unit: "binary", minLength: 1 }), fc.constantFrom("\n", '"', "\\", "<p>")).map(([one, other]) => (one + other).repeat(10_000)),
);
const value = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: "small" }, text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(tie("value"), { maxLength: 4 }), fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie("value"), { maxKeys: 4 })),
})).value;

test("what is packed comes out again", () => {
  fc.assert(fc.property(value, (one) => { expect(unpack(pack(one))).toEqual(one); }), { numRuns: 200 });
});

test("long texts stand in it as they are, in their order", () => {
  const [first, second] = ['"a"\n'.repeat(5000), "<b>\\".repeat(5000)];
  const packed = pack({ mails: [{ subject: "Offer", parts: [first, second] }] });
  expect(packed.endsWith(`\n${first}${second}`)).toBe(true);
  expect(packed.length - first.length - second.length).toBeLessThan(200);
});

test.each(["", "text", "{}", '{"a":1'])("%j was not packed", (other) => {
  expect(() => unpack(other)).toThrow(SyntaxError);
});
