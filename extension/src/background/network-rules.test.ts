import { expect, test } from "vitest";
import { rulesFor } from "./network-rules";
import type { Account } from "./storage";

const own = [
  { base: "https://old.example.com", owner: "bbbbbbbb" },
  { base: "https://track.example.com", owner: "abcdefgh" },
];
const account = { ...own[1], senderMark: "m".repeat(22) } as Account;

test("every account that was ever paired has its two block rules, without a list of types", () => {
  const blocks = rulesFor(own, account).filter(({ action }) => action.type === "block");
  expect(blocks.map(({ condition }) => condition)).toEqual(
    own.flatMap(({ base, owner }) =>
      ["#", "|"].map((start) => ({ urlFilter: `${start}${base}/o/${owner}/`, initiatorDomains: ["mail.google.com"] })),
    ),
  );
});

test("only clicks of the current account are marked", () => {
  const marks = rulesFor(own, account).filter(({ action }) => action.type === "modifyHeaders");
  expect(marks.map(({ condition }) => condition.urlFilter)).toEqual(["|https://track.example.com/l/abcdefgh/"]);
});

test("after signing out no click is marked and every own pixel stays blocked", () => {
  expect(rulesFor(own, null).map(({ action }) => action.type)).toEqual(Array(4).fill("block"));
});
