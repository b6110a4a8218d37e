import { beforeEach, expect, test, vi } from "vitest";
import type { SendReport } from "../../messaging/messages";
import type { Registration } from "../../tracking/registration";
import { EMPTY, type Stored } from "../storage";

let stored: Partial<Stored>;
let written: string[];

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  written = [];
  stored = { drafts: { "msg-a:r1": { seal: { id: "a".repeat(16), key: "k" }, owner: "abcdefgh", touched: 1 } } };
  const local = {
    get: (keys: (keyof Stored)[]) => Promise.resolve(structuredClone(Object.fromEntries(keys.flatMap((key) => (key in stored ? [[key, stored[key]]] : []))))),
    set: (values: object) => {
      written.push(...Object.keys(values));
      Object.assign(stored, structuredClone(values));
      return Promise.resolve();
    },
  };
  const done = () => Promise.resolve();
  const event = { addListener: () => undefined };
  vi.stubGlobal("chrome", { storage: { local }, alarms: { create: () => Promise.resolve(), onAlarm: event }, runtime: { getURL: () => "" }, action: { setBadgeText: done, setBadgeBackgroundColor: done } });
});

/** As in a worker that was just started. */
const load = () => import("./send-reports");
const report: SendReport = { draftId: "msg-a:r1", id: "a".repeat(16), registration: { subject: "Offer 12" } as Registration };
const queued = () => (stored.queue ?? EMPTY.queue).entries.map(({ body }) => body.subject);

test("a registration is saved before the send without the queue, and is in the queue once the mail was sent", async () => {
  const { saveBeforeSend, confirmSent } = await load();
  expect(await saveBeforeSend(report)).toBe(true);
  expect(written).toEqual(["sending"]);
  await confirmSent(report);
  expect([queued(), stored.sending]).toEqual([["Offer 12"], {}]);
});

test("a registration of a worker that ended counts as sent", async () => {
  const first = await load();
  await first.saveBeforeSend(report);
  vi.resetModules();
  const second = await load();
  await second.adoptUnconfirmed();
  expect([queued(), stored.sending]).toEqual([["Offer 12"], {}]);
});

test("a mail that is being sent is left alone", async () => {
  const { saveBeforeSend, adoptUnconfirmed } = await load();
  await saveBeforeSend(report);
  await adoptUnconfirmed();
  expect([queued(), Object.keys(stored.sending ?? {})]).toEqual([[], [report.id]]);
});

test("a mail that was sent untracked leaves nothing", async () => {
  const { saveBeforeSend, withdraw } = await load();
  await saveBeforeSend(report);
  await withdraw(report);
  expect([queued(), stored.sending]).toEqual([[], {}]);
});

test("withdrawing a send keeps the registration of an earlier send", async () => {
  const { saveBeforeSend, confirmSent, withdraw } = await load();
  await saveBeforeSend(report);
  await confirmSent(report);
  await saveBeforeSend({ ...report, registration: { subject: "again" } as Registration });
  await withdraw(report);
  expect(queued()).toEqual(["Offer 12"]);
});

test("an ID that was not reserved for the draft is refused", async () => {
  const { saveBeforeSend } = await load();
  expect(await saveBeforeSend({ ...report, id: "b".repeat(16) })).toBe(false);
  expect(written).toEqual([]);
});

test("a registration that cannot be saved is refused and never comes back", async () => {
  const { saveBeforeSend, adoptUnconfirmed } = await load();
  const broken = vi.spyOn(chrome.storage.local, "set").mockRejectedValue(new Error("quota"));
  expect(await saveBeforeSend(report)).toBe(false);
  broken.mockRestore();
  await adoptUnconfirmed();
  expect([queued(), stored.sending]).toEqual([[], undefined]);
});

const sentAt = (time: string): SendReport => ({ ...report, registration: { subject: "Offer 12", sent_at: time } as Registration });

test("a mail that counts as sent can be taken back, and is no longer withdrawn once it is sent again", async () => {
  const first = await load();
  await first.saveBeforeSend(sentAt("2026-11-23T09:30:00Z"));
  vi.resetModules();
  const { adoptUnconfirmed, reportNotSent, saveBeforeSend, confirmSent } = await load();
  await adoptUnconfirmed();
  await reportNotSent({ draftId: report.draftId, isUndone: true });
  expect(stored.choices?.map(({ path }) => path)).toEqual([`messages/${report.id}/withdrawn`]);
  const again = sentAt("2026-11-23T09:40:00Z");
  await saveBeforeSend(again);
  await confirmSent(again);
  expect([stored.choices, stored.drafts?.[report.draftId]?.sent]).toEqual([[], true]);
});

test("a mail that did not leave is not adopted later", async () => {
  const { saveBeforeSend, reportNotSent, adoptUnconfirmed } = await load();
  await saveBeforeSend(report);
  await reportNotSent({ draftId: report.draftId, isUndone: true });
  await adoptUnconfirmed();
  expect([queued(), stored.sending]).toEqual([[], {}]);
});

test("a registration that was saved is not lost when the account is changed before the mail is confirmed", async () => {
  const { saveBeforeSend, forgetReserved, confirmSent } = await load();
  await saveBeforeSend(report);
  stored.drafts = {};
  forgetReserved();
  await confirmSent(report);
  expect((stored.queue ?? EMPTY.queue).entries).toMatchObject([{ id: report.id, owner: "abcdefgh" }]);
});

test("after signing out an ID of the former account is refused, and a mail that is being sent leaves nothing", async () => {
  const { noteReserved, saveBeforeSend, countUnconfirmed, forgetSends, confirmSent } = await load();
  noteReserved(report.draftId, report.id, "abcdefgh");
  await saveBeforeSend(report);
  expect(await countUnconfirmed()).toBe(1);
  Object.assign(stored, { drafts: {}, sending: {} });
  forgetSends();
  await confirmSent(report);
  expect(queued()).toEqual([]);
  expect(await saveBeforeSend(report)).toBe(false);
});

const withdrawals = () => (stored.choices ?? []).map(({ path }) => path);
const sendAt = async ({ saveBeforeSend, confirmSent }: Awaited<ReturnType<typeof load>>, time: string) => {
  await saveBeforeSend(sentAt(time));
  await confirmSent(sentAt(time));
};

test("of two sends of one draft the host accepts one: the mail counts as sent until both have failed", async () => {
  const reports = await load();
  await sendAt(reports, "2026-11-23T09:30:00Z");
  await sendAt(reports, "2026-11-23T09:30:01Z");
  const failed = { draftId: report.draftId, isUndone: false };
  await reports.reportNotSent(failed);
  expect([withdrawals(), stored.drafts?.[report.draftId]?.sent]).toEqual([[], true]);
  await reports.reportNotSent(failed);
  expect([withdrawals().length, stored.drafts?.[report.draftId]?.sent]).toEqual([1, false]);
});

test("undoing takes back both of two sends", async () => {
  const reports = await load();
  await sendAt(reports, "2026-11-23T09:30:00Z");
  await sendAt(reports, "2026-11-23T09:30:01Z");
  await reports.reportNotSent({ draftId: report.draftId, isUndone: true });
  expect(withdrawals()).toHaveLength(1);
});

test("a mail that was adopted and then turns out to be sent untracked is withdrawn", async () => {
  const first = await load();
  await first.saveBeforeSend(sentAt("2026-11-23T09:30:00Z"));
  vi.resetModules();
  const second = await load();
  await second.adoptUnconfirmed();
  await second.withdraw(sentAt("2026-11-23T09:30:00Z"));
  expect(withdrawals()).toHaveLength(1);
});
