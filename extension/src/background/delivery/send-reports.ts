/**
 * Registrations of mails that are being sent. Each is saved before its mail is sent, under a key of its own: the queue
 * may be long, and the mail waits for this write.
 */
import type { SendReport } from "../../messaging/messages";
import { holdBack, isHeldBack, release } from "./delivery";
import type { DraftRecords } from "./id-pool";
import { enqueue, type Queue } from "./queue";
import { change, read, store, type Sending } from "../storage";

/** Which ID was reserved for which draft, so that a send reads no storage. */
const reserved = new Map<string, { id: string; owner: string }>();

export function noteReserved(draftId: string, id: string, owner: string): void {
  reserved.set(draftId, { id, owner });
}

/** True when the registration is saved: the server will be told even if the browser ends now. */
export async function saveBeforeSend(report: SendReport): Promise<boolean> {
  const owner = await ownerOf(report);
  if (owner === null) return false;
  const { id, registration: body } = report;
  holdBack(id, () => void adoptUnconfirmed());
  const all = await loadSending();
  all[id] = { owner, body };
  try {
    await store({ sending: all });
    return true;
  } catch {
    // The mail is sent untracked, so nothing of it may be kept later.
    Reflect.deleteProperty(all, id);
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

/** The mail was sent. */
export async function confirmSent(report: SendReport): Promise<void> {
  await change(["drafts", "queue"], ({ drafts, queue }) => {
    const after = afterConfirm(queue, drafts, report);
    return { write: after === queue ? {} : { queue: after }, result: null };
  });
  await forget([report.id]);
  release(report.id);
}

function afterConfirm(queue: Queue, drafts: DraftRecords, { draftId, id, registration: body }: SendReport): Queue {
  const draft = drafts[draftId];
  return draft?.seal?.id === id ? enqueue(queue, { id, owner: draft.owner, body }) : queue;
}

/** The mail was sent without its pixel. */
export async function withdraw({ draftId, id }: Pick<SendReport, "draftId" | "id">): Promise<void> {
  if ((await ownerOf({ draftId, id })) !== null) await forget([id]);
  release(id);
}

/** Nobody said whether these mails were sent, because the tab or the browser ended: they count as sent. */
export async function adoptUnconfirmed(): Promise<void> {
  const left = Object.entries(await loadSending()).filter(([id]) => !isHeldBack(id));
  if (left.length === 0) return;
  await change(["queue"], ({ queue }) => ({
    write: { queue: left.reduce((now, [id, { owner, body }]) => enqueue(now, { id, owner, body }), queue) },
    result: null,
  }));
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
