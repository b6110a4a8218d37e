/** Delivers what the user chose while the server was away, or before it knew this kind of choice. */
import { Refused } from "../../server/client";
import { contact } from "../server-contact";
import { change, read } from "../storage";
import { afterChoice, postponed, withChoice, type Choice } from "./choices";

/** What a server of an earlier version answers. */
const TOO_OLD = [404, 405];
const AGAIN_MS = 3_600_000;

export function choose(choice: Omit<Choice, "owner" | "at">): Promise<void> {
  return change(["account", "choices"], ({ account, choices }) => ({
    write: account ? { choices: withChoice(choices, { ...choice, owner: account.owner, at: Date.now() }) } : {},
    result: undefined,
  }));
}

/** Registrations come first: the server knows a mail before it hears of a choice about it. Throws when the server is away. */
export async function deliverChoices(): Promise<void> {
  const { account, choices, queue } = await read("account", "choices", "queue");
  if (!account) return;
  for (const choice of choices) {
    const isWaiting = queue.entries.some(({ id }) => choice.path.includes(id));
    if (choice.owner !== account.owner || isWaiting || (choice.notBefore ?? 0) > Date.now()) continue;
    try {
      await contact(account, choice.method, choice.path, choice.body);
    } catch (error) {
      if (!(error instanceof Refused) || error.isTemporary || error.status === 401) throw error;
      if (TOO_OLD.includes(error.status)) {
        // Kept until the server is updated.
        await change(["choices"], (now) => ({ write: { choices: postponed(now.choices, choice, Date.now() + AGAIN_MS) }, result: null }));
        continue;
      }
    }
    await change(["choices"], (now) => ({ write: { choices: afterChoice(now.choices, choice) }, result: null }));
  }
}
