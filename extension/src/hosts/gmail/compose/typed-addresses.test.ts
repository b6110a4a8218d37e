import { expect, test } from "vitest";
import { addressesIn } from "./typed-addresses";

test.each([
  ["ben@example.com", ["ben@example.com"]],
  ["Ben Bee <ben@example.com>, cleo@example.com; dan@example.com\n", ["ben@example.com", "cleo@example.com", "dan@example.com"]],
  ['"Bee, Ben" <ben@example.com>', ["ben@example.com"]],
  ["(ben@example.com).", ["ben@example.com"]],
  ["ben", []],
  ["@example.com", []],
])("%j is read as %j", (text, addresses) => {
  expect(addressesIn(text)).toEqual(addresses);
});
