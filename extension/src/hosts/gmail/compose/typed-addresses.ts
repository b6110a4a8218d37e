/** Reads addresses from text that is typed into a recipient field. Pure. */

const ADDRESS = /[^\s<>,;"]+@[^\s<>,;"]+/g;

/** `Ann <ann@example.com>, ben@example.com`. */
export function addressesIn(text: string): string[] {
  return (text.match(ADDRESS) ?? []).map((address) => address.replace(/^[('[]+|[)'\].]+$/g, "")).filter((address) => /.@./.test(address));
}
