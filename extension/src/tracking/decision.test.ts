import { expect, test } from "vitest";
import { NO_OVERRIDES } from "../shared/tracking-options";
import { decide, isSurprise, untracked, type Decision, type MailFacts } from "./decision";
import { DEFAULTS } from "../shared/settings";

const fine: MailFacts = { signedIn: true, base: "https://track.example.com", overrides: NO_OVERRIDES, plainText: false, confidential: false, subject: "Offer 12", recipients: ["ben@example.com"], links: 1, id: "ready" };
const decided = (facts: Partial<MailFacts>, settings = {}) => decide({ ...fine, ...facts }, { ...DEFAULTS, ...settings });
const why = (facts: Partial<MailFacts>, settings = {}) => {
  const decision = decided(facts, settings);
  return decision.tracked ? null : decision.reason;
};

test("an ordinary mail is tracked", () => {
  expect(why({})).toBeNull();
});

test.each([
  [{ signedIn: false }, "signed-out"],
  [{ base: "http://127.0.0.1:8787" }, "this-computer"],
  [{ base: "http://server:8787" }, "this-network"],
  [{ plainText: true }, "plain-text"],
  [{ confidential: true }, "confidential"],
  [{ subject: `Sealbreak test ${"a".repeat(32)}` }, "self-test"],
  [{ subject: `Sealbreak test ${"a".repeat(32)}`, overrides: { ...NO_OVERRIDES, on: false } }, "self-test"],
  [{ subject: `Sealbreak test ${"a".repeat(32)}`, plainText: true }, "plain-text"],
  [{ overrides: { ...NO_OVERRIDES, on: false } }, "off"],
  [{ overrides: { ...NO_OVERRIDES, on: false }, id: "waiting" }, "off"],
  [{ overrides: { ...NO_OVERRIDES, opens: false }, links: 0 }, "no-links"],
  [{ id: "waiting" }, "waiting"],
  [{ id: "no-ids" }, "no-ids"],
  [{ id: "not-kept" }, "not-kept"],
] as [Partial<MailFacts>, string][])("a mail with %j is not tracked, for the reason %s", (facts, reason) => {
  expect(why(facts)).toBe(reason);
});

test("an address of this network is used when the user allows it", () => {
  expect(why({ base: "http://192.168.1.20" }, { allowLocal: true })).toBeNull();
});

test("the switch of a mail takes precedence over the default", () => {
  expect(why({}, { tracking: false })).toBe("off");
  expect(why({ overrides: { ...NO_OVERRIDES, on: true } }, { tracking: false })).toBeNull();
});

test.each([
  ["ben@example.com", "do-not-track"],
  ["example.com", "do-not-track"],
  ["ample.com", null],
  ["cleo@example.com", null],
])("with %s on the list, the reason for a mail to Ben is %j", (entry, reason) => {
  expect(why({ recipients: ["ann@example.org", "Ben@Example.com"] }, { doNotTrack: [entry] })).toBe(reason);
});

test("a domain on the list includes its subdomains", () => {
  expect(why({ recipients: ["ben@mail.example.com"] }, { doNotTrack: ["example.com"] })).toBe("do-not-track");
});

const all: Decision = { tracked: true, options: { on: true, opens: true, links: true } };
const opens: Decision = { tracked: true, options: { on: true, opens: true, links: false } };

test.each<[string, Decision | null, Decision, boolean]>([
  ["tracked as shown", all, all, false],
  ["tracked in another way", all, opens, true],
  ["shown as tracked and not tracked", all, untracked("do-not-track"), true],
  ["shown as off and tracked", untracked("off"), all, true],
  ["untracked for another reason", untracked("off"), untracked("plain-text"), false],
  ["shown as waiting and tracked", untracked("waiting"), all, true],
  ["shown as waiting and not tracked", untracked("waiting"), untracked("no-ids"), true],
  ["without a switch and tracked", null, all, true],
  ["without a switch and switched off", null, untracked("off"), true],
  ["without a switch and without an account", null, untracked("signed-out"), false],
  ["signed out after it was shown as tracked", all, untracked("signed-out"), true],
])("a mail %s: %j, %j is a surprise: %j", (_, shown, outcome, is) => {
  expect(isSurprise(shown, outcome)).toBe(is);
});
