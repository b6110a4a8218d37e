import { expect, test, vi } from "vitest";
import { pageHandlers } from "./page-handlers";
import type { Stored } from "../storage";

test("tabs learn of a sign-out although the server does not answer", async () => {
  const account = { address: "https://track.example.com", token: "t", owner: "abcdefgh", name: "Ann", device: "Chrome", base: "https://track.example.com", senderMark: "" };
  const stored: Partial<Stored> = { account };
  const told = vi.fn(() => Promise.resolve());
  const done = () => Promise.resolve();
  const event = { addListener: () => undefined };
  vi.stubGlobal("fetch", () => new Promise(() => undefined));
  vi.stubGlobal("chrome", {
    storage: {
      local: {
        get: () => Promise.resolve(structuredClone(stored)),
        set: (values: object) => Promise.resolve(Object.assign(stored, structuredClone(values))),
      },
    },
    tabs: { query: () => Promise.resolve([{ id: 1 }]), sendMessage: told },
    declarativeNetRequest: { getDynamicRules: () => Promise.resolve([]), updateDynamicRules: done },
    alarms: { create: done, clear: done, get: () => Promise.resolve(undefined), onAlarm: event },
    runtime: { getURL: () => "chrome-extension://a/" },
    action: { setBadgeText: done, setBadgeBackgroundColor: done },
  });
  void pageHandlers["sign-out"]({ giveUp: true });
  await vi.waitFor(() => {
    expect(told).toHaveBeenCalledWith(1, expect.objectContaining({ kind: "state", state: expect.objectContaining({ signedIn: false }) as unknown }));
  });
});
