import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readDomain } from "./domains";
import { isOnList, readDoNotTrack } from "./do-not-track";
import { domainOfAddress, personOf } from "./people";

const path = new URL("../../../tests/contract/people.json", import.meta.url);
const people = JSON.parse(readFileSync(path, "utf8")) as { addresses: string[]; person: string }[];

test.each(people)("$person is one person, with every address of the shared list", ({ addresses, person }) => {
  expect(addresses.map(personOf)).toEqual(addresses.map(() => person));
  for (const entry of addresses)
    expect(addresses.every((address) => isOnList(address, readDoNotTrack(entry).entries))).toBe(true);
});

test.each([
  ["Ann Example <ann@example.com>", ["ann@example.com"], []],
  ['"Example, Ann" <ann@example.com>, Ben <ben@example.com>; cleo@example.org', ["ann@example.com", "ben@example.com", "cleo@example.org"], []],
  ["Ann <ann@example.com> Ben <ben@example.com>", ["ann@example.com", "ben@example.com"], []],
  ["ann@example.com ben@example.com\nexample.org\t@example.net", ["ann@example.com", "ben@example.com", "example.org", "example.net"], []],
  ["mailto:Ann@Example.com,,;\n\n", ["ann@example.com"], []],
  ["ann@example.com, Ann+news@example.com", ["ann@example.com"], []],
  ["münchen.example\nxn--mnchen-3ya.example", ["münchen.example"], []],
  ["@localhost", ["localhost"], []],
  ["Ann, ann@example.com", ["ann@example.com"], ["Ann"]],
  ["Ann Example\nben@", [], ["Ann Example", "ben@"]],
  ["Ann <ann>", [], ["Ann <ann>"]],
  ["a@b@example.com, https://example.com/", [], ["a@b@example.com", "https://example.com/"]],
  ['"', [], ['"']],
])("%j gives the entries %j and refuses %j", (text, entries, refused) => {
  expect(readDoNotTrack(text)).toEqual({ entries, refused });
});

test("a domain on the list includes its subdomains, in Unicode and in ASCII", () => {
  expect(isOnList("ann@shop.xn--mnchen-3ya.example", ["münchen.example"])).toBe(true);
  expect(isOnList("ann@shop.münchen.example", ["xn--mnchen-3ya.example"])).toBe(true);
  expect(isOnList("ann@notmünchen.example", ["münchen.example"])).toBe(false);
});

test("an entry without a dot that an earlier version stored still counts", () => {
  expect(isOnList("ann@example.de", ["de"])).toBe(true);
});

test.each([
  ["Example.COM.", "example.com"],
  ["@münchen.example", "xn--mnchen-3ya.example"],
  ["192.0.2.1", null],
  ["a b", null],
  ["example.com/x", null],
  ["", null],
])("%j is read as the domain %j", (text, domain) => {
  expect(readDomain(text)).toBe(domain);
});

test("the domain of an address is in ASCII", () => {
  expect(domainOfAddress("Ann@MÜNCHEN.example")).toBe("xn--mnchen-3ya.example");
});
