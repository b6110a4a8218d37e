/** Registrations of mails that are being sent. Each is saved before its mail is sent. */
import type { SendReport } from "../../messaging/messages";
import { holdBack, release } from "./delivery";
import { enqueue, afterWithdrawal } from "./queue";
import { change } from "../storage";

/** True when the registration is saved: the server will be told even if the browser ends now. */
export async function saveBeforeSend(report: SendReport): Promise<boolean> {
  holdBack(report.id);
  return write(report);
}

/** The mail was sent. */
export async function confirmSent(report: SendReport): Promise<void> {
  await write(report);
  release(report.id);
}

/** The mail was sent without its pixel. */
export async function withdraw({ draftId, id }: Pick<SendReport, "draftId" | "id">): Promise<void> {
  await change(["drafts", "queue"], ({ drafts, queue }) => ({
    write: drafts[draftId]?.seal?.id === id ? { queue: afterWithdrawal(queue, id) } : {},
    result: null,
  }));
  release(id);
}

/** A tab can be made to report anything, so only IDs that were reserved for the draft are accepted. */
function write({ draftId, id, registration }: SendReport): Promise<boolean> {
  return change(["drafts", "queue"], ({ drafts, queue }) => {
    const draft = drafts[draftId];
    if (draft?.seal?.id !== id) return { write: {}, result: false };
    const after = enqueue(queue, { id, owner: draft.owner, body: registration });
    return { write: after === queue ? {} : { queue: after }, result: true };
  });
}
