import { expect, test } from "vitest";
import { NO_OVERRIDES } from "../shared/tracking-options";
import { whyUntracked, type MailFacts } from "./policy";
import { DEFAULTS } from "../shared/settings";

const fine: MailFacts = { signedIn: true, overrides: NO_OVERRIDES, plainText: false, confidential: false, recipients: ["ben@example.com"] };
const why = (facts: Partial<MailFacts>, settings = {}) =>
  whyUntracked({ ...fine, ...facts }, { ...DEFAULTS, ...settings });

test("an ordinary mail is tracked", () => {
  expect(why({})).toBeNull();
});

test.each([
  [{ signedIn: false }, "signed-out"],
  [{ plainText: true }, "plain-text"],
  [{ confidential: true }, "confidential"],
  [{ overrides: { ...NO_OVERRIDES, on: false } }, "off"],
])("a mail with %j is not tracked, for the reason %s", (facts, reason) => {
  expect(why(facts)).toBe(reason);
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
