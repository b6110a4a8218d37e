/**
 * What this tab knows of drafts: the ID of each is fetched when its compose window opens, so that sending
 * waits for nobody.
 */
import { NO_CHOICE, type Choice } from "../shared/tracking-options";
import type { Seal } from "../tracking/instrument";
import type { TabState } from "../messaging/messages";
import { DEFAULTS } from "../shared/settings";
import { askWorker } from "./background-client";

interface Known {
  seal: Seal | null;
  choice: Choice;
}

/** A draft that got no ID asks again, for the server may be back. */
const AGAIN_MS = 10_000;

const SIGNED_OUT: TabState = { signedIn: false, own: [], settings: DEFAULTS };

export class Drafts {
  private readonly known = new Map<string, Known>();
  private readonly asked = new Map<string, number>();
  private current: TabState = SIGNED_OUT;
  private loaded: Promise<boolean>;

  constructor(private readonly changed: () => void) {
    this.loaded = this.load();
  }

  get state(): TabState {
    return this.current;
  }

  /** Resolves when the worker has told this tab how things are. */
  async ready(): Promise<void> {
    if (!(await this.loaded)) this.loaded = this.load();
    await this.loaded;
  }

  /** A new account or new settings: what was fetched for the old one is void. */
  update(state: TabState): void {
    if (state.own.at(-1)?.owner !== this.current.own.at(-1)?.owner || !state.signedIn)
      for (const draft of this.known.values()) draft.seal = null;
    this.asked.clear();
    this.current = state;
    this.changed();
  }

  choice(draftId: string | null): Choice {
    return (draftId === null ? null : this.known.get(draftId)?.choice) ?? NO_CHOICE;
  }

  /** True when an ID was asked for and there is none. */
  lacksSeal(draftId: string): boolean {
    const draft = this.known.get(draftId);
    return draft?.seal === null;
  }

  setChoice(draftId: string, choice: Choice): void {
    this.known.set(draftId, { seal: this.known.get(draftId)?.seal ?? null, choice });
    this.changed();
  }

  async choose(draftId: string, choice: Choice): Promise<void> {
    this.setChoice(draftId, choice);
    await askWorker("choose", { draftId, choice });
  }

  /** Gets an ID for a draft that is being written; no hurry. */
  prepare(draftId: string): void {
    if (!this.current.signedIn || this.known.get(draftId)?.seal) return;
    const now = performance.now();
    if (now - (this.asked.get(draftId) ?? -AGAIN_MS) < AGAIN_MS) return;
    this.asked.set(draftId, now);
    void this.fetch(draftId, true);
  }

  /** The ID of a draft that leaves now. */
  async sealOf(draftId: string): Promise<Seal | null> {
    return this.known.get(draftId)?.seal ?? (await this.fetch(draftId, false));
  }

  private async fetch(draftId: string, wait: boolean): Promise<Seal | null> {
    const prepared = await askWorker("prepare", { draftId, wait });
    if (!prepared) return null;
    const choice = this.known.get(draftId)?.choice ?? prepared.choice;
    this.known.set(draftId, { seal: prepared.seal, choice });
    this.changed();
    return prepared.seal;
  }

  private async load(): Promise<boolean> {
    const state = await askWorker("tab-state", null);
    if (state) this.update(state);
    return state !== null;
  }
}
