import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { OPEN_STATES, readHistory, readMails } from "./tracked-mail";

test.each([null, 1, {}, { messages: 1 }, { messages: [null, 1, {}, { id: 1 }] }])("%j contains no mail", (value) => {
  expect(readMails(value)).toEqual([]);
});

test("an older server's answer is read as far as it goes", () => {
  const [read] = readMails({ messages: [{ id: "a", sent_at: "2026-11-23T09:00:00.000Z", opens: 2, level: "off" }] });
  expect(read).toMatchObject({ id: "a", opens: 2, stopped: true, muted: false, people: [] });
});

test("the states are those of the contract", () => {
  const contract: unknown = JSON.parse(readFileSync(new URL("../../../tests/contract/open-states.json", import.meta.url), "utf8"));
  expect([...OPEN_STATES]).toEqual(Object.keys(contract as object));
});

test.each([
  [{ state: "unknowable", machines: 1 }, "unknowable"],
  [{ state: "of a later server", opens: 1 }, "opened"],
  [{ clicks: 1, machines: 1 }, "clicked"],
  [{ machines: 1 }, "automated"],
  [{}, "not-opened"],
])("a mail with %j has the state %s", (more, state) => {
  expect(readMails({ messages: [{ id: "a", sent_at: "2026-11-23T09:00:00.000Z", ...more }] })).toMatchObject([{ state }]);
});

test("hits are listed newest first, with the link that was followed", () => {
  const hit = (number: number, more: object) => ({ number, time: "2026-11-23T09:30:00.250Z", ...more });
  const history = readHistory({
    id: "a",
    sent_at: "2026-11-23T09:00:00.000Z",
    links: [{ n: 1, url: "https://example.com/a" }],
    hits: [
      hit(1, { kind: "open", link: null, verdict: { actor: "machine", sentence: "Fetched by a scanner" } }),
      hit(2, { kind: "click", link: 1, verdict: { actor: "human", sentence: "Link followed" } }),
      hit(3, { kind: "unheard", link: null, verdict: null }),
    ],
  });
  expect(history?.entries).toMatchObject([
    { kind: "click", url: "https://example.com/a", byMachine: false },
    { kind: "open", url: null, byMachine: true },
  ]);
});
