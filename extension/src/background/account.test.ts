import { beforeEach, expect, test, vi } from "vitest";
import { NOT_SEALBREAK } from "../server/client";
import { pair } from "./account";
import type { Account } from "./storage";

const TYPED = { address: "https://track.example.com", code: "ABCD-EFGH", ownerName: "", contact: "" };
const PAIRED = { token: "t", account: { owner: "abcdefgh", name: "Ann" }, base_url: "https://track.example.com", sender_mark: "m".repeat(22) };

let stored: { account?: Account };
let filters: (string | undefined)[];

beforeEach(() => {
  stored = {};
  filters = [];
  const local = {
    get: () => Promise.resolve(structuredClone(stored)),
    set: (values: object) => Promise.resolve(Object.assign(stored, structuredClone(values))),
  };
  const declarativeNetRequest = {
    getDynamicRules: () => Promise.resolve([]),
    updateDynamicRules: ({ addRules = [] }: { addRules?: { condition: { urlFilter?: string } }[] }) => {
      filters = addRules.map(({ condition }) => condition.urlFilter);
      return Promise.resolve();
    },
  };
  vi.stubGlobal("chrome", { storage: { local }, declarativeNetRequest });
  vi.stubGlobal("navigator", { userAgent: "Firefox/153.0 Linux" });
});

function answers(body: unknown, status = 200, type = "application/json"): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(text, { status, headers: { "content-type": type } })));
}

test.each([
  ["a page of another program", "<html>", 200, "text/html", NOT_SEALBREAK],
  ["nothing that it needs", {}, 200, "application/json", NOT_SEALBREAK],
  ["null", null, 200, "application/json", NOT_SEALBREAK],
  ["no token", { ...PAIRED, token: "" }, 200, "application/json", NOT_SEALBREAK],
  ["an owner that is none", { ...PAIRED, account: { owner: "Ann" } }, 200, "application/json", NOT_SEALBREAK],
  ["a refusal", { title: "Refused", detail: "The code was used." }, 403, "application/problem+json", "The code was used."],
  ["the error of a proxy", "<html>", 404, "text/html", NOT_SEALBREAK],
  ["an error without words", "", 503, "text/plain", "The server answered 503."],
] as const)("a server that answers with %s pairs nothing, and the user is told", async (_, body, status, type, told) => {
  answers(body, status, type);
  expect(await pair(TYPED)).toBe(told);
  expect(stored.account).toBeUndefined();
});

test("a server that does not answer and an address that is none are told", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
  expect(await pair(TYPED)).toContain("does not answer");
  expect(await pair({ ...TYPED, address: "http://track.example.com" })).toContain("https address");
});

test.each([
  ["https://bücher.example", "https://xn--bcher-kva.example"],
  ["https://Track.Example.com:8443/", "https://track.example.com:8443"],
  ["no address", "https://track.example.com"],
  [7, "https://track.example.com"],
])("a server that names %j as its public address is paired, with rules in ASCII for %s", async (base_url, base) => {
  answers({ ...PAIRED, base_url });
  expect(await pair(TYPED)).toBeNull();
  expect(stored.account?.base).toBe(base);
  expect(filters).toContain(`|${base}/o/abcdefgh/`);
});
