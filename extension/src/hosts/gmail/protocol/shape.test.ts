import fc from "fast-check";
import { expect, test } from "vitest";
import { shapeOf, shapeOfBody } from "./shape";

test("a shape has types, lengths, system labels and the kinds of ids, and no text", () => {
  const request = [["msg-a:r1", [1, "ann@example.com"], null, true], { body: "<p>secret</p>", "ann@example.com": 1 }, ["^pfg", "Work"]];
  expect(shapeOf(JSON.stringify(request))).toBe(
    "[[msg-a:text(8),[number,text(15)],null,boolean],{body:text(13 html),?:number},[^pfg,text(4)]]",
  );
});

test("what is not JSON is described by its length", () => {
  expect(shapeOf('[["ann@example.com')).toBe("text of 18 characters, not JSON");
});

test("no text of the user is in a shape", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(shapeOf(JSON.stringify([value, "ann@example.com secret"]))).not.toContain("secret");
    }),
  );
});

test("a body that is no text is described by its type and size", () => {
  expect(shapeOfBody(new Blob(["abc"]))).toBe("Blob of 3 bytes");
  expect(shapeOfBody(new Uint8Array(5))).toBe("Uint8Array of 5 bytes");
  expect(shapeOfBody(new FormData())).toBe("FormData");
});
