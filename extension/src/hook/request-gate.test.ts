import { beforeEach, expect, test, vi } from "vitest";
import type { FoundMail, HostProtocol } from "../hosts/host";
import type { PageChannel } from "../messaging/page-channel";
import { RequestGate } from "./request-gate";

const IDS = { draftId: "draft", messageId: "18a0000000000001", threadId: null };

/** Every request sends the one mail, and an answer that is not empty names it. */
const protocol = {
  isSendUrl: () => true,
  isAnswerUrl: () => true,
  maySend: () => true,
  readRequest: () => ({ found: [{ path: [], mail: { draftId: "draft" } } as unknown as FoundMail], unreadable: 0, undone: [] }),
  writeParts: (text: string) => text,
  readReply: (text: string, draftIds: readonly string[]) => (text && draftIds.includes("draft") ? [IDS] : []),
} as unknown as HostProtocol;

/** Node 20 lacks it. */
function withResolvers<T>() {
  const made = {} as PromiseWithResolvers<T>;
  made.promise = new Promise<T>((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

beforeEach(() => {
  vi.stubGlobal("location", { href: "https://mail.example.com/" });
  Object.assign(Promise, { withResolvers });
});

/** A mail that is on its way, and what the hook has told the content script since. */
async function sent() {
  const told: [string, unknown][] = [];
  const listeners: ((payload: unknown, cancel: () => void) => void)[] = [];
  const channel = {
    on(_: string, listener: (payload: unknown, cancel: () => void) => void) {
      listeners.push(listener);
      return () => null;
    },
    send(name: string, payload: { key?: string }) {
      if (name !== "ask") told.push([name, payload]);
      else queueMicrotask(() => { listeners[0]?.({ key: payload.key, edits: [[null]] }, () => null); });
      return true;
    },
  };
  const gate = new RequestGate(protocol, () => channel as unknown as PageChannel);
  expect(gate.readerOf("/list")).toBeNull();
  const pending = gate.hold("POST", "/send", "the mail");
  if (!pending) throw new Error("The request was not held.");
  expect(await pending.text).toBe("the mail");
  return { gate, pending, told };
}

test("the ids are read in an answer to a request that began before the send was answered", async () => {
  const { gate, pending, told } = await sent();
  const read = gate.readerOf("/list");
  pending.onReply("");
  read?.("named");
  expect(told).toEqual([["reply", { sent: [IDS] }]]);
  expect(gate.readerOf("/list")).toBeNull();
});

test("no answer is read for a mail that the host did not accept", async () => {
  const { gate, pending, told } = await sent();
  pending.onReply(null);
  expect(gate.readerOf("/list")).toBeNull();
  expect(told).toEqual([["report", { kind: "failed", draftIds: ["draft"] }]]);
});
