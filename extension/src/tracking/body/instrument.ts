/** Makes tracked parts from a mail and its ID: plan, sign, apply. Nothing here waits for the network. */
import type { Part } from "../../shared/outgoing-mail";
import { linkUrl, pixelUrl, readerPage, type Identity } from "../addresses/urls";
import { makeToken, signer, signLink } from "../addresses/tokens";
import { applyPlan } from "./apply";
import type { LinkRules } from "./links";
import { MAX_LINKS, planMail, type Link } from "./plan";
import { textWithoutOwn } from "../addresses/own-addresses";
import { inSlices } from "../../shared/slices";

/** An ID issued by the server, with the key that signs for it. */
export interface TrackingId extends Identity {
  id: string;
  key: string;
}

export interface Instrumented {
  parts: (string | null)[];
  links: Link[];
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
  const sign = await signer(trackingId.key);
  const token = await makeToken(sign, trackingId.id, SHARED_COPY);
  const hiddenLink = { n: plan.links.length + 1, url: readerPage(trackingId, token), hidden: true };
  const addsHiddenLink = hidden && pixel && hiddenLink.n <= MAX_LINKS;
  const all: Link[] = addsHiddenLink ? [...plan.links, hiddenLink] : plan.links;
  const wrapped = await Promise.all(
    all.map(async ({ n, url }) =>
      linkUrl(trackingId, { token, n, url, signature: await signLink(sign, n, url) }),
    ),
  );
  const last = addsHiddenLink ? (wrapped.at(-1) ?? null) : null;
  const readerLine = line === "" ? null : { text: line, url: readerPage(trackingId, token) };
  const ending = part === null ? null : { part, line: readerLine, hidden: last, pixel: pixel ? pixelUrl(trackingId, token) : null };
  return { parts: applyPlan(parts, plan, wrapped, ending), links: all };
}

/** Removes our own older pixels and links from a mail that is not tracked. */
export async function strip(parts: readonly Part[], own: readonly Identity[], isHtml: boolean): Promise<(string | null)[]> {
  if (isHtml) return applyPlan(parts, await inSlices(planMail(parts, { own, links: null })), [], null);
  return parts.map(({ html: text }) => {
    const clean = textWithoutOwn(text, own, "plain");
    return clean === text ? null : clean;
  });
}
