import { ToolFailure } from 'pyra/plugin';

/** A calendar (events, tasks, or both) or an address book on the server. */
export interface DavCollection {
  readonly kind: 'calendar' | 'address-book';
  /** What it is called in ids: the last part of its path, or the whole path (encoded) where that is not unique. */
  readonly id: string;
  readonly name: string;
  /** Its path on the server with a slash at the end, percent-encoded. */
  readonly path: string;
  /** What a calendar holds: `VEVENT`, `VTODO`. */
  readonly components: readonly string[];
  readonly writable: boolean;
  /** The time zone that the server notes for a calendar. */
  readonly timezone?: string;
}

/** What is needed of the collections of one kind. */
export type CollectionKind = 'events' | 'tasks' | 'contacts';

const NAMES: Readonly<Record<CollectionKind, string>> = { events: 'calendar', tasks: 'task list', contacts: 'address book' };

/** The collections that hold something of a kind. */
export function collectionsFor(kind: CollectionKind, collections: readonly DavCollection[]): readonly DavCollection[] {
  if (kind === 'contacts') return collections.filter((collection) => collection.kind === 'address-book');
  const component = kind === 'events' ? 'VEVENT' : 'VTODO';
  return collections.filter((collection) => collection.kind === 'calendar' && collection.components.includes(component));
}

/**
 * The one that is meant by its id or its name, whatever the case.
 * @throws ToolFailure when there is none of that name, or more than one.
 */
export function chosenCollection(wanted: string, kind: CollectionKind, collections: readonly DavCollection[]): DavCollection {
  const candidates = collectionsFor(kind, collections);
  const folded = fold(wanted);
  const byId = candidates.filter(({ id }) => id === wanted);
  const found = byId.length > 0 ? byId : candidates.filter(({ id, name }) => fold(name) === folded || fold(id) === folded);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const known = candidates.map(({ name, id }) => (name === id ? id : `${name} (${id})`)).join(', ') || 'none at all';
  const why =
    found.length === 0 ? `there is no ${NAMES[kind]} ${JSON.stringify(wanted)}` : `${JSON.stringify(wanted)} is the name of several`;
  throw new ToolFailure(`${why}; there are: ${known}`);
}

/**
 * The one that a new entry goes into: the chosen one, else the first that can be written.
 * @throws ToolFailure when it is read-only, or there is none.
 */
export function writableCollection(wanted: string | undefined, kind: CollectionKind, collections: readonly DavCollection[]): DavCollection {
  if (wanted !== undefined && wanted.trim() !== '') {
    const chosen = chosenCollection(wanted.trim(), kind, collections);
    if (!chosen.writable) throw new ToolFailure(`${chosen.name} can only be read`);
    return chosen;
  }
  const writable = collectionsFor(kind, collections).filter((collection) => collection.writable);
  // Nextcloud's own first calendar and address book have these names; a birthday calendar or an address list is no place for new entries.
  const first = writable.find(({ id }) => id === 'personal' || id === 'contacts') ?? writable[0];
  if (first === undefined) throw new ToolFailure(`there is no ${NAMES[kind]} that can be written`);
  return first;
}

function fold(text: string): string {
  return text.normalize('NFC').trim().toLowerCase();
}
