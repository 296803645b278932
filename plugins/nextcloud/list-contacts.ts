import type { PluginContext, ToolAnswer } from 'pyra/plugin';
import { readCard } from './contact-card.js';
import { type ContactView, contactText, contactView, type LabelledValue } from './contact-view.js';
import { chosenCollection, collectionsFor } from './dav-collection.js';
import { queryObjects, type StoredObject } from './dav-objects.js';
import { davServer } from './dav-server.js';
import { objectId } from './object-id.js';
import { wordMatcher } from './word-matcher.js';

/** What `contacts` takes. */
export interface ContactsArguments {
  readonly query?: string;
  readonly addressBook?: string;
  readonly limit?: number;
  readonly account?: string;
}

/** Finds people in the address books. */
export async function listContacts(args: ContactsArguments, context: PluginContext): Promise<ToolAnswer> {
  const server = await davServer(args.account, context);
  const { collections, account } = server;
  const books =
    args.addressBook === undefined
      ? collectionsFor('contacts', collections)
      : [chosenCollection(args.addressBook, 'contacts', collections)];
  const matches = wordMatcher(args.query);
  const found: { readonly object: StoredObject; readonly view: ContactView }[] = [];
  let unreadable = 0;
  for (const book of books) {
    for (const object of await queryObjects(server, book, EVERYONE, WITHOUT_PICTURES)) {
      const card = readCard(object.text);
      if (card === undefined) unreadable += 1;
      else {
        const view = contactView(card);
        if (matches(contactText(view))) found.push({ object, view: withShortNote(view) });
      }
    }
  }
  const shown = found.toSorted((left, right) => left.view.name.localeCompare(right.view.name)).slice(0, args.limit ?? 25);
  const count = found.length === 1 ? '1 person' : `${found.length} people`;
  const lines = [
    `${count} in the address books on ${account.url.host}${shown.length < found.length ? `, the first ${shown.length}` : ''}:`,
    ...shown.map(({ object, view }) => `\n${contactText(view)}\nid ${objectId(server, object)}`),
    ...(unreadable > 0 ? [`(${unreadable} ${unreadable === 1 ? 'card' : 'cards'} could not be read)`] : []),
  ];
  return {
    text: lines.join('\n'),
    data: {
      account: account.name,
      total: found.length,
      contacts: shown.map(({ object, view }) => ({
        id: objectId(server, object),
        addressBook: object.collection.id,
        ...view,
        emails: view.emails.map(plain),
        phones: view.phones.map(plain),
        addresses: view.addresses.map(plain),
        ...(object.etag === undefined ? {} : { etag: object.etag }),
      })),
    },
    source: account.url.host,
  };
}

/** A book of long notes is not what was asked for. */
function withShortNote(view: ContactView): ContactView {
  const { note } = view;
  return note === undefined || note.length <= 2_000 ? view : { ...view, note: `${note.slice(0, 2_000).toWellFormed()}…` };
}

const EVERYONE = { 'prop-filter': { _attributes: { name: 'FN' } } };
const SHOWN = ['VERSION', 'UID', 'FN', 'N', 'NICKNAME', 'EMAIL', 'TEL', 'ADR', 'ORG', 'TITLE', 'BDAY', 'NOTE', 'URL', 'CATEGORIES'];
/** A picture in every card makes a large book slow; a server that does not know this sends all. */
const WITHOUT_PICTURES = { 'card:prop': SHOWN.map((name) => ({ _attributes: { name } })) };

function plain({ value, kinds }: LabelledValue) {
  return { value, kinds: [...kinds] };
}
