/** What the user chose and the server does not know yet: a bounded list that is delivered in order. Pure. */

export interface Choice {
  owner: string;
  /** The address below the API's, which also says what is chosen: a later choice replaces an earlier one. */
  path: string;
  method: "PUT" | "POST";
  body: unknown;
  /** In milliseconds since 1970. */
  at: number;
  /** Not delivered before this time: the server did not know this kind of choice. */
  notBefore?: number;
}

const MAX_CHOICES = 500;
/** A server that does not know a choice may be updated later, but not for ever. */
const MAX_AGE_MS = 30 * 86_400_000;

export function withChoice(choices: readonly Choice[], choice: Choice): Choice[] {
  const others = choices.filter((one) => !isSame(one, choice) && choice.at - one.at < MAX_AGE_MS);
  return [...others, choice].slice(-MAX_CHOICES);
}

export function withoutChoice(choices: readonly Choice[], choice: Pick<Choice, "owner" | "path">): Choice[] {
  return choices.filter((one) => !isSame(one, choice));
}

/** Removes the choice that was delivered, unless it was replaced in the meantime. */
export function afterChoice(choices: readonly Choice[], choice: Choice): Choice[] {
  return choices.filter((one) => !isSame(one, choice) || one.at !== choice.at || JSON.stringify(one.body) !== JSON.stringify(choice.body));
}

export function postponed(choices: readonly Choice[], choice: Choice, notBefore: number): Choice[] {
  return choices.map((one) => (isSame(one, choice) && one.at === choice.at ? { ...one, notBefore } : one));
}

export function withdrawnPath(id: string): string {
  return `messages/${id}/withdrawn`;
}

function isSame(a: Pick<Choice, "owner" | "path">, b: Pick<Choice, "owner" | "path">): boolean {
  return a.owner === b.owner && a.path === b.path;
}
