import { expect, test } from "vitest";
import { pageOf } from "./notifications";

test.each([
  ["mfzwizltor2xs5dp/0/open", "/mfzwizltor2xs5dp"],
  ["/0/digest", "/digest"],
  ["summary", ""],
  ["/0/something-new", ""],
])("an alert with the key %s leads to the history%s", (key, page) => {
  expect(pageOf(key)).toBe(page);
});
