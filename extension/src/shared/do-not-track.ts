/** The list of people and domains whose mail is not tracked. */
import { isInDomain, readDomain } from "./domains";
import { domainOfAddress, personOf } from "./people";

export interface DoNotTrackList {
  /** Addresses and domains, each person once. */
  entries: string[];
  /** What is neither, as it was typed. */
  refused: string[];
}

/** Addresses and domains, as they are pasted from an address field: with names, separated by lines, commas or semicolons. */
export function readDoNotTrack(text: string): DoNotTrackList {
  const entries = new Map<string, string>();
  const refused: string[] = [];
  for (const piece of piecesOf(text)) {
    const entry = readEntry(piece);
    if (entry === null) refused.push(piece);
    else if (!entries.has(personOf(entry))) entries.set(personOf(entry), entry);
  }
  return { entries: [...entries.values()], refused };
}

/** Separators inside of quotes and angle brackets belong to a name. */
const PIECE = /(?:"[^"\n]*"|<[^<>\n]*>|[^,;\n"])+|"/g;
const NAMED = /^[^<>]*<([^<>]*)>$/;

function piecesOf(text: string): string[] {
  return [...text.matchAll(PIECE)].flatMap(([piece]) => {
    const trimmed = piece.trim();
    if (trimmed === "" || NAMED.test(trimmed) || readEntry(trimmed) !== null) return trimmed === "" ? [] : [trimmed];
    const words = trimmed.split(/\s+/);
    return words.every((word) => readEntry(word) !== null) ? words : splitNamed(trimmed);
  });
}

/** `Ann <ann@example.com> Ben <ben@example.com>`: without separators, each address ends an entry. */
function splitNamed(text: string): string[] {
  const parts = text.match(/[^<>]*<[^<>]*>/g);
  return parts?.join("") === text ? parts.map((part) => part.trim()) : [text];
}

function readEntry(piece: string): string | null {
  const text = (NAMED.exec(piece)?.[1] ?? piece).trim().replace(/^mailto:/i, "").toLowerCase();
  if (/^[^\s@<>"]+@[^\s@<>"]+$/.test(text)) return readDomain(text.slice(text.lastIndexOf("@") + 1)) === null ? null : text;
  const domain = text.replace(/^@/, "");
  // A single word is a name rather than a domain, unless it was marked as one.
  return readDomain(domain) !== null && (domain.includes(".") || text.startsWith("@")) ? domain : null;
}

interface Prepared {
  people: ReadonlySet<string>;
  domains: readonly string[];
}

/** The list is asked at each key press, and changes seldom. */
const prepared = new WeakMap<readonly string[], Prepared>();

function prepare(list: readonly string[]): Prepared {
  const known = prepared.get(list);
  if (known) return known;
  const made = {
    people: new Set(list.filter((entry) => entry.includes("@")).map(personOf)),
    domains: list.filter((entry) => !entry.includes("@")).map(domainOfAddress),
  };
  prepared.set(list, made);
  return made;
}

/** True for a listed person, a listed domain, and its subdomains. */
export function isOnList(address: string, list: readonly string[]): boolean {
  if (list.length === 0) return false;
  const { people, domains } = prepare(list);
  return people.has(personOf(address)) || domains.some((domain) => isInDomain(domainOfAddress(address), domain));
}
