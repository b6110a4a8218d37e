import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isSyncUrl, looksSent, maySend, readRequest, writeParts } from "./sync-request";

const HTML = '<div dir="ltr">Hello</div>';
const SEND = ["^all", "^pfg", "^i"];

function message(labels: string[], parts: unknown = [[0, HTML]], flag: unknown = 1): unknown[] {
  const found: unknown[] = Array<unknown>(20).fill(null);
  found[0] = "msg-a:r1";
  found[1] = [1, "ann@example.com", "Ann"];
  found[2] = [[1, "ben@example.com", "Ben"]];
  found[3] = [[1, "cleo@example.com"]];
  found[6] = 1_662_744_701_149;
  found[7] = "Offer 12";
  found[8] = [null, parts, null, null, null, null, flag];
  found[10] = labels;
  return found;
}

function request(...threads: unknown[][]): string {
  const operations = threads.map((thread, i) => [i, [`thread-a:r${i}`, thread]]);
  return JSON.stringify([[null, null, 2], [operations], null, [1, 1], 2]);
}

const at = (place: number, found: unknown[]): unknown[] => {
  const thread: unknown[] = Array<unknown>(14).fill(null);
  thread[place] = place === 2 ? [["", null, 1, "thread-a:r0", [found]]] : [found, null, 1];
  return thread;
};

describe("a request that sends", () => {
  test.each([1, 2, 13])("is read at each position of the message (%i)", (place) => {
    const { found, unreadable } = readRequest(request(at(place, message(SEND))));
    expect(found.map(({ mail }) => mail.subject)).toEqual(["Offer 12"]);
    expect(unreadable).toBe(0);
  });

  test("names its recipients, its thread and its account", () => {
    const [first] = readRequest(request(at(13, message(SEND)))).found;
    expect(first?.mail.recipients).toEqual([
      { kind: "to", address: "ben@example.com", name: "Ben" },
      { kind: "cc", address: "cleo@example.com", name: null },
    ]);
    expect(first?.mail).toMatchObject({ threadId: "thread-a:r0", from: "ann@example.com" });
  });

  test.each([
    ["an id of another form", 0, "msg-a r1"],
    ["recipients of another form", 2, ["ben@example.com"]],
    ["one recipient of another form", 3, [[1, "cleo@example.com"], { address: "dan@example.com" }]],
    ["recipients in no list", 4, "dan@example.com"],
  ])("with %s is not understood", (_, place, value) => {
    const mail = message(SEND);
    mail[place] = value;
    const { found, unreadable } = readRequest(request(at(13, mail)));
    expect([found, unreadable]).toEqual([[], 1]);
  });

  test("without any recipient is not understood", () => {
    const mail = message(SEND);
    mail[2] = mail[3] = null;
    expect(readRequest(request(at(13, mail)))).toMatchObject({ found: [], unreadable: 1 });
  });

  test("is found among drafts of the same batch", () => {
    const draft = at(2, message(["^all", "^r", "^r_bt"]));
    const { found } = readRequest(request(draft, at(13, message(["^all", "^scheduled"])), draft));
    expect(found.map(({ mail }) => mail.scheduled)).toEqual([true]);
  });

  test.each([
    [1, "<p>a</p>", true],
    [0, "a", false],
    [null, "<p>a</p>", true],
    [null, "a < b", false],
  ])("with the flag %j and the body %j is HTML: %j", (flag, body, isHtml) => {
    const [first] = readRequest(request(at(13, message(SEND, [[0, body]], flag)))).found;
    expect(first?.mail.isHtml).toBe(isHtml);
  });

  test.each([
    ["parts that are no list", { html: HTML }],
    ["a part without text", [[0, null], [2, HTML]]],
  ])("with %s is reported as unreadable", (_, parts) => {
    const { found, unreadable } = readRequest(request(at(13, message(SEND, parts))));
    expect([found.length, unreadable]).toEqual([0, 1]);
  });

  test("inside an object is reported as unreadable, since it could not be changed there", () => {
    const { found, unreadable } = readRequest(JSON.stringify([null, { 1: [at(13, message(SEND))] }]));
    expect([found.length, unreadable]).toEqual([0, 1]);
  });

  test.each([[[]], [null]])("without a text (%j) is understood, and has no parts", (parts) => {
    const { found, unreadable } = readRequest(request(at(13, message(SEND, parts))));
    expect(found.map(({ mail }) => mail.parts)).toEqual([[]]);
    expect(unreadable).toBe(0);
  });

  test("has the thread of its place, whatever its subject is", () => {
    const mail = message(SEND);
    mail[7] = "thread-a:r99";
    expect(readRequest(request(at(13, mail))).found[0]?.mail).toMatchObject({ subject: "thread-a:r99", threadId: "thread-a:r0" });
  });

  test("is confidential by its label", () => {
    const confidential = (labels: string[]) => readRequest(request(at(13, message(labels)))).found[0]?.mail.confidential;
    expect([confidential(SEND), confidential([...SEND, "^irm_outbound"])]).toEqual([false, true]);
  });

  test("in an unknown layout is reported as unreadable", () => {
    const deep = Array.from({ length: 20 }).reduce<unknown>((inner) => [inner], message(SEND));
    for (const unknown of [{ labels: ["^pfg"], body: HTML }, [["^pfg"], [HTML]], deep])
      expect(readRequest(JSON.stringify([unknown]))).toEqual({ found: [], unreadable: 1, undone: [] });
  });
});

test("a label without a mail is not a send", () => {
  const labels = [null, null, null, null, null, null, [["^r"], ["^pfg"], ["msg-a:r1"]]];
  expect(readRequest(request(labels))).toMatchObject({ found: [], unreadable: 0 });
});

test("a mail with a label in its text is not a send", () => {
  expect(maySend(request(at(13, message(["^r"], [[0, 'the label "^pfg"']]))))).toBe(false);
});

const undo = (label: string) => [null, null, null, null, null, null, [["^r"], [label], ["msg-a:r1", "msg-a:r2"]]];

test.each(["^pfg", "^scheduled"])("removing the label %s takes the mails back, also while a draft is saved", (label) => {
  const text = request(undo(label), at(2, message(["^all", "^r", "^r_bt"])));
  expect(readRequest(text)).toEqual({ found: [], unreadable: 0, undone: ["msg-a:r1", "msg-a:r2"] });
  expect(looksSent(text)).toBe(false);
});

test("a text with a send label and HTML looks sent, whatever its layout is", () => {
  expect(looksSent('{"labels":["^pfg"],"body":"<p>a</p>"}')).toBe(true);
  expect(looksSent('not JSON "^pfg" <p>')).toBe(true);
  expect(looksSent('{"labels":["^pfg"]}')).toBe(false);
  expect(looksSent('{"labels":["^r"],"body":"<p>a</p>"}')).toBe(false);
});

test("new parts change only the text of those parts", () => {
  const text = request(at(13, message(SEND, [[0, HTML], [2, "<br>quote"]]))).replace("[1,1]", "[ 12345678901234567890 ]");
  const [first] = readRequest(text).found;
  const fresh = writeParts(text, [{ path: first?.path ?? [], parts: ["<p>\u2028new</p>", null] }]);
  expect(fresh).toBe(text.replace(JSON.stringify(HTML), JSON.stringify("<p>\u2028new</p>")));
});

test.each([
  ["https://mail.google.com/sync/u/0/i/s?hl=en&c=12", true],
  ["/sync/u/12/i/s?c=1", true],
  ["https://mail.google.com/sync/i/s", true],
  ["https://mail.google.com/sync/u/0/i/fd", false],
  ["https://mail.google.com/mail/u/0/?x=/sync/u/0/i/s", false],
  ["https://example.com/sync/u/0/i/s", false],
  ["http://[", false],
])("%s is the sync endpoint: %j", (url, is) => {
  expect(isSyncUrl(url, "https://mail.google.com/mail/u/0/")).toBe(is);
});

const captures = new URL("../../../../../../shared/gmail-captures/", import.meta.url);
const there = existsSync(captures);
const requests = there ? readdirSync(captures).filter((name) => name.endsWith("_request.json")) : [];

describe.skipIf(!there)("recorded traffic (skipped where ../shared/gmail-captures is missing)", () => {
  test.each(requests)("%s sends exactly when its name says so", (name) => {
    const text = readFileSync(new URL(name, captures), "utf8");
    const sends = /Send(_\d+)?_request/.test(name) ? 1 : 0;
    expect(readRequest(text)).toMatchObject({ found: { length: sends }, unreadable: 0 });
  });

  test.each(requests)("%s stays identical byte for byte when nothing is edited", (name) => {
    const text = readFileSync(new URL(name, captures), "utf8");
    const edits = readRequest(text).found.map(({ path, mail }) => ({ path, parts: mail.parts.map(() => null) }));
    expect(writeParts(text, edits)).toBe(text);
  });
});
