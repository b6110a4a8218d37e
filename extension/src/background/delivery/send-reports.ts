/**
 * Registrations of mails that are being sent. Each is saved before its mail is sent, under a key of its own: the queue
 * may be long, and the mail waits for this write.
 */
import type { SendReport, TabMessages } from "../../messaging/messages";
import { withChoice, withdrawnPath, withoutChoice } from "./choices";
import { holdBack, isHeldBack, release } from "./delivery";
import type { Draft } from "./id-pool";
import { enqueue, type Entry } from "./queue";
import { change, read, store, type Sending, type Stored } from "../storage";

/** Which ID was reserved for which draft, so that a send reads no storage. */
const reserved = new Map<string, { id: string; owner: string }>();

export function noteReserved(draftId: string, id: string, owner: string): void {
  reserved.set(draftId, { id, owner });
}

/** The IDs of an account that is no longer paired are not used for another send. */
export function forgetReserved(): void {
  reserved.clear();
}

/** After signing out, nothing of a mail that is being sent is kept. */
export function forgetSends(): void {
  forgetReserved();
  sending = null;
}

/** The number of mails that are being sent now. */
export async function countUnconfirmed(): Promise<number> {
  return Object.keys(await loadSending()).length;
}

/** True when the registration is saved: the server will be told even if the browser ends now. */
export async function saveBeforeSend(report: SendReport): Promise<boolean> {
  const owner = await ownerOf(report);
  if (owner === null) return false;
  const { id, registration: body } = report;
  holdBack(id, () => void adoptUnconfirmed());
  const all = await loadSending();
  const earlier = all[id];
  all[id] = { owner, body };
  try {
    await store({ sending: all });
    return true;
  } catch {
    // The mail is sent untracked, so nothing of it may be kept later.
    if (earlier) all[id] = earlier;
    else Reflect.deleteProperty(all, id);
    release(id);
    return false;
  }
}

/** A tab can be made to report anything, so only IDs that were reserved for the draft are accepted. */
async function ownerOf({ draftId, id }: Pick<SendReport, "draftId" | "id">): Promise<string | null> {
  const known = reserved.get(draftId);
  if (known?.id === id) return known.owner;
  const draft = (await read("drafts")).drafts[draftId];
  return draft?.seal?.id === id ? draft.owner : null;
}

/** The mail was sent. What was saved for it counts even if the account was changed since. */
export async function confirmSent({ draftId, id, registration: body }: SendReport): Promise<void> {
  const saved = (await loadSending())[id];
  await change(["drafts", "queue", "choices"], (now) => {
    const draft = now.drafts[draftId];
    if (draft?.seal?.id === id) return { write: afterSend(now, draftId, { id, owner: draft.owner, body }), result: null };
    return { write: saved ? afterSend(now, undefined, { id, owner: saved.owner, body }) : {}, result: null };
  });
  await forget([id]);
  release(id);
}

type Waiting = Pick<Stored, "drafts" | "queue" | "choices">;

/** What changes. A mail that is sent again is no longer withdrawn: the server sees its later time. */
function afterSend({ drafts, queue, choices }: Waiting, draftId: string | undefined, sent: Omit<Entry, "version">): Partial<Waiting> {
  const after = enqueue(queue, sent);
  const queued = after === queue ? {} : { queue: after };
  const draft = draftId === undefined ? undefined : drafts[draftId];
  if (draftId === undefined || !draft || draft.sentAt === sent.body.sent_at) return queued;
  return {
    ...queued,
    drafts: { ...drafts, [draftId]: { ...draft, sent: true, sends: sendsOf(draft) + 1, sentAt: sent.body.sent_at } },
    choices: withoutChoice(choices, { owner: sent.owner, path: withdrawnPath(sent.id) }),
  };
}

function sendsOf({ sent, sends = 1 }: Draft): number {
  return sent ? sends : 0;
}

/** The mail was sent without its pixel. It may have been adopted in the meantime. */
export async function withdraw({ draftId, id, registration }: SendReport): Promise<void> {
  await change(["drafts", "choices"], (now) => {
    const draft = now.drafts[draftId];
    const isCounted = draft?.seal?.id === id && draft.sentAt === registration.sent_at;
    return { write: isCounted ? afterNotSent(now, draftId, sendsOf(draft) - 1) : {}, result: null };
  });
  if ((await ownerOf({ draftId, id })) !== null) await forget([id]);
  release(id);
}

/**
 * The mail did not leave: it was undone, its schedule was cancelled, or the host did not accept it. Of two sends of
 * one draft the host may accept only one; undoing takes back all.
 */
export async function reportNotSent({ draftId, isUndone }: TabMessages["not-sent"]["request"]): Promise<void> {
  const id = await change(["drafts", "choices"], (now) => {
    const draft = now.drafts[draftId];
    if (!draft?.seal) return { write: {}, result: null };
    const left = isUndone ? 0 : Math.max(0, sendsOf(draft) - 1);
    return { write: afterNotSent(now, draftId, left), result: left > 0 ? null : draft.seal.id };
  });
  if (id === null) return;
  await forget([id]);
  release(id);
}

/** `left`: how many sends of the draft remain. With none the server is told. */
function afterNotSent({ drafts, choices }: Pick<Waiting, "drafts" | "choices">, draftId: string, left: number): Partial<Waiting> {
  const draft = drafts[draftId];
  if (!draft?.seal || !draft.sent) return {};
  const after = { drafts: { ...drafts, [draftId]: { ...draft, sent: left > 0, sends: left } } };
  if (left > 0) return after;
  const choice = { owner: draft.owner, path: withdrawnPath(draft.seal.id), method: "PUT" as const, body: { withdrawn: true }, at: Date.now() };
  return { ...after, choices: withChoice(choices, choice) };
}

/** Nobody said whether these mails were sent, because the tab or the browser ended: they count as sent. */
export async function adoptUnconfirmed(): Promise<void> {
  const left = Object.entries(await loadSending()).filter(([id]) => !isHeldBack(id));
  if (left.length === 0) return;
  await change(["drafts", "queue", "choices"], (now) => {
    const write = left.reduce<Partial<Waiting>>((changed, [id, { owner, body }]) => {
      const [draftId] = Object.entries(now.drafts).find(([, draft]) => draft.seal?.id === id) ?? [];
      return { ...changed, ...afterSend({ ...now, ...changed }, draftId, { id, owner, body }) };
    }, {});
    return { write, result: null };
  });
  await forget(left.map(([id]) => id));
  for (const [id] of left) release(id);
}

/** A copy of what is stored, since only this module writes it: a send waits for no read and no other change. */
let sending: Promise<Sending> | null = null;

function loadSending(): Promise<Sending> {
  sending ??= read("sending").then((stored) => ({ ...stored.sending }));
  return sending;
}

/** After the queue has them: a browser that ends in between finds them twice, and the queue keeps one. */
async function forget(ids: readonly string[]): Promise<void> {
  const all = await loadSending();
  const known = ids.filter((id) => Object.hasOwn(all, id));
  if (known.length === 0) return;
  for (const id of known) Reflect.deleteProperty(all, id);
  await store({ sending: all });
}
