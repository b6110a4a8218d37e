/** Makes tracked parts from a mail and its ID: plan, sign, apply. Nothing here waits for the network. */
import type { Part } from "../../shared/outgoing-mail";
import { linkUrl, pixelUrl, readerPage, type Identity } from "../addresses/urls";
import { makeToken, signer, signLink, type Signer } from "../addresses/tokens";
import { applyPlan } from "./apply";
import type { LinkRules } from "./links";
import { MAX_LINKS, planMail, type Link, type Plan } from "./plan";
import { textWithoutOwn } from "../addresses/own-addresses";
import { inSlices } from "../../shared/slices";

/** An ID issued by the server, with the key that signs for it. */
export interface TrackingId extends Identity {
  id: string;
  key: string;
}

export interface Instrumented {
  /** The links are known before they are signed: the mail is saved meanwhile. */
  links: Link[];
  parts: Promise<(string | null)[]>;
}

/** Every recipient gets the same body. */
const SHARED_COPY = 0;

export interface InstrumentOptions {
  pixel: boolean;
  /** Null leaves every link as it is. */
  links: LinkRules | null;
  /** Adds a link beside the pixel that only machines find. */
  hidden?: boolean;
  /** The text of the line that leads to the reader's page; empty for no line. */
  line?: string;
}

/** Null when the mail has no place for the requested pixel or line. */
export async function instrument(
  parts: readonly Part[],
  trackingId: TrackingId,
  own: readonly Identity[],
  { pixel, links, hidden = false, line = "" }: InstrumentOptions,
): Promise<Instrumented | null> {
  const plan = await inSlices(planMail(parts, { own, links }));
  const part = plan.pixelPart;
  if ((pixel || line !== "") && part === null) return null;
  const identified = identify(trackingId);
  const addsHiddenLink = hidden && pixel && plan.links.length < MAX_LINKS;
  const trap = async (): Promise<Link> => ({ n: plan.links.length + 1, url: readerPage(trackingId, (await identified).token), hidden: true });
  const all = addsHiddenLink ? [...plan.links, await trap()] : plan.links;
  return { links: all, parts: identified.then((signing) => write(parts, plan, { trackingId, links: all, part, pixel, line }, signing)) };
}

interface Signing {
  sign: Signer;
  token: string;
}

async function identify({ id, key }: TrackingId): Promise<Signing> {
  const sign = await signer(key);
  return { sign, token: await makeToken(sign, id, SHARED_COPY) };
}

interface Contents {
  trackingId: TrackingId;
  /** With the hidden one at the end, if there is one. */
  links: readonly Link[];
  /** The part that gets what stands at the end. */
  part: number | null;
  pixel: boolean;
  line: string;
}

async function write(parts: readonly Part[], plan: Plan, { trackingId, links, part, pixel, line }: Contents, { sign, token }: Signing): Promise<(string | null)[]> {
  const wrapped = await Promise.all(
    links.map(async ({ n, url }) => linkUrl(trackingId, { token, n, url, signature: await signLink(sign, n, url) })),
  );
  const hidden = links.at(-1)?.hidden ? (wrapped.at(-1) ?? null) : null;
  const readerLine = line === "" ? null : { text: line, url: readerPage(trackingId, token) };
  const ending = part === null ? null : { part, line: readerLine, hidden, pixel: pixel ? pixelUrl(trackingId, token) : null };
  return applyPlan(parts, plan, wrapped, ending);
}

/** Removes our own older pixels and links from a mail that is not tracked. */
export async function strip(parts: readonly Part[], own: readonly Identity[], isHtml: boolean): Promise<(string | null)[]> {
  if (isHtml) return applyPlan(parts, await inSlices(planMail(parts, { own, links: null })), [], null);
  return parts.map(({ html: text }) => {
    const clean = textWithoutOwn(text, own, "plain");
    return clean === text ? null : clean;
  });
}
