/** Registrations of mails that are being sent. Each is saved before its mail is sent. */
import type { SendReport } from "../../messaging/messages";
import { updateBadge } from "../overview";
import { withChoice, withdrawnPath, withoutChoice } from "./choices";
import { deliverAndRefill, holdBack, release } from "./delivery";
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
    write:
      drafts[draftId]?.seal?.id === id
        ? { queue: afterWithdrawal(queue, id), drafts: { ...drafts, [draftId]: { ...drafts[draftId], sent: false } } }
        : {},
    result: null,
  }));
  release(id);
}

/** The mail did not leave: it was undone, its schedule was cancelled, or the host did not accept it. */
export async function reportNotSent(draftId: string): Promise<void> {
  const isKnown = await change(["drafts", "choices"], ({ drafts, choices }) => {
    const draft = drafts[draftId];
    if (!draft?.seal || !draft.sent) return { write: {}, result: false };
    const path = withdrawnPath(draft.seal.id);
    const choice = { owner: draft.owner, path, method: "PUT" as const, body: { withdrawn: true }, at: Date.now() };
    return {
      write: { choices: withChoice(choices, choice), drafts: { ...drafts, [draftId]: { ...draft, sent: false } } },
      result: true,
    };
  });
  if (isKnown) void deliverAndRefill().then(updateBadge);
}

/**
 * A tab can be made to report anything, so only IDs that were reserved for the draft are accepted. A mail that is sent
 * again is no longer withdrawn: the server sees its later time.
 */
function write({ draftId, id, registration }: SendReport): Promise<boolean> {
  return change(["drafts", "queue", "choices"], ({ drafts, queue, choices }) => {
    const draft = drafts[draftId];
    if (draft?.seal?.id !== id) return { write: {}, result: false };
    const isSentAgain = draft.sentAt !== registration.sent_at;
    const after = enqueue(queue, { id, owner: draft.owner, body: registration });
    return {
      write: {
        ...(after !== queue && { queue: after }),
        ...(isSentAgain && {
          drafts: { ...drafts, [draftId]: { ...draft, sent: true, sentAt: registration.sent_at } },
          choices: withoutChoice(choices, { owner: draft.owner, path: withdrawnPath(id) }),
        }),
      },
      result: true,
    };
  });
}
