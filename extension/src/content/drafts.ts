/**
 * The drafts known to this tab. The ID of a draft is fetched when its compose window opens, so that sending does not
 * wait.
 */
import { NO_OVERRIDES, isNoOverride, type TrackingOverrides } from "../shared/tracking-options";
import type { TrackingId } from "../tracking/body/instrument";
import type { IdState } from "../tracking/decision";
import type { Prepared, TabState } from "../messaging/messages";
import { DEFAULTS } from "../shared/settings";
import { askBackground } from "./background-client";

interface DraftState {
  trackingId: TrackingId | null;
  overrides: TrackingOverrides;
  problem: Prepared["problem"];
}

const NEW_DRAFT: DraftState = { trackingId: null, overrides: NO_OVERRIDES, problem: null };

/** A draft without an ID asks again after this pause, since the server may be back. */
const AGAIN_MS = 10_000;

const SIGNED_OUT: TabState = { signedIn: false, own: [], base: "", hostChanged: false, settings: DEFAULTS };

export class Drafts {
  private readonly drafts = new Map<string, DraftState>();
  private readonly askedAt = new Map<string, number>();
  private current: TabState = SIGNED_OUT;
  private loaded: Promise<boolean>;

  constructor(private readonly onChange: () => void) {
    this.loaded = this.load();
  }

  get state(): TabState {
    return this.current;
  }

  /** Resolves when the background has sent its state. */
  async ready(): Promise<void> {
    if (!(await this.loaded)) this.loaded = this.load();
    await this.loaded;
  }

  /** A new account or new settings invalidate what was fetched before. */
  update(state: TabState): void {
    if (state.own.at(-1)?.owner !== this.current.own.at(-1)?.owner || !state.signedIn)
      for (const draft of this.drafts.values()) draft.trackingId = null;
    this.askedAt.clear();
    this.current = state;
    this.onChange();
  }

  overrides(draftId: string | null): TrackingOverrides {
    return (draftId === null ? null : this.drafts.get(draftId)?.overrides) ?? NO_OVERRIDES;
  }

  /** True when the user chose something for this draft, here or in another tab. */
  isChosen(draftId: string): boolean {
    return !isNoOverride(this.overrides(draftId));
  }

  /** `draftId` is null until the host has saved the draft. */
  idState(draftId: string | null): IdState {
    const draft = draftId === null ? undefined : this.drafts.get(draftId);
    return draft?.trackingId ? "ready" : (draft?.problem ?? "waiting");
  }

  setOverrides(draftId: string, overrides: TrackingOverrides): void {
    this.drafts.set(draftId, { ...NEW_DRAFT, ...this.drafts.get(draftId), overrides });
    this.onChange();
  }

  async saveOverrides(draftId: string, overrides: TrackingOverrides): Promise<void> {
    this.setOverrides(draftId, overrides);
    await askBackground("set-overrides", { draftId, overrides });
  }

  /** Reserves an ID for a draft that is being written. */
  prepare(draftId: string): void {
    if (!this.current.signedIn || this.drafts.get(draftId)?.trackingId) return;
    const now = performance.now();
    if (now - (this.askedAt.get(draftId) ?? -AGAIN_MS) < AGAIN_MS) return;
    this.askedAt.set(draftId, now);
    void this.fetch(draftId, true);
  }

  /** The ID for a draft that is being sent. */
  async trackingIdOf(draftId: string): Promise<TrackingId | null> {
    return this.drafts.get(draftId)?.trackingId ?? (await this.fetch(draftId, false));
  }

  private async fetch(draftId: string, wait: boolean): Promise<TrackingId | null> {
    const prepared = await askBackground("prepare", { draftId, wait });
    if (!prepared) return null;
    const overrides = this.drafts.get(draftId)?.overrides ?? prepared.overrides;
    this.drafts.set(draftId, { ...prepared, overrides });
    this.onChange();
    return prepared.trackingId;
  }

  private async load(): Promise<boolean> {
    const state = await askBackground("tab-state", null);
    if (state) this.update(state);
    return state !== null;
  }
}
