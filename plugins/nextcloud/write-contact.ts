import { randomUUID } from 'node:crypto';
import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { type ContactCard, cardLine, readCard, writtenCard } from './contact-card.js';
import { type ContactFields, changedCard } from './contact-fields.js';
import { contactText, contactView } from './contact-view.js';
import { type DavCollection, writableCollection } from './dav-collection.js';
import { statusFailure } from './dav-failure.js';
import { getObject, putObject, type StoredObject } from './dav-objects.js';
import { type DavServer, davServer } from './dav-server.js';
import { type Etag, parseEtag, sameVersion } from './etag.js';
import { KeptVersions } from './kept-versions.js';
import { accountOfId, objectId, placeOf } from './object-id.js';
import { ShownVersions } from './shown-versions.js';

/** What `contact_create` takes. */
export interface CreateContactArguments extends ContactFields {
  readonly name: string;
  readonly addressBook?: string;
  readonly account?: string;
}

/** What `contact_update` takes. */
export interface UpdateContactArguments extends ContactFields {
  readonly id: string;
  readonly etag?: string;
  readonly account?: string;
}

const shown = new ShownVersions<Etag>();

/** Adds a person to an address book. */
export async function createContact(args: CreateContactArguments, context: PluginContext): Promise<ToolAnswer> {
  const { server, book, card } = await newCard(args, context);
  const uid = randomUUID();
  const place = { collection: book, path: `${book.path}${uid}.vcf` };
  const identified = { ...card, lines: [...card.lines.slice(0, 2), cardLine('UID', uid), ...card.lines.slice(2)] };
  const etag = await putObject(server, place, writtenCard(identified), { kind: 'absent' });
  const id = objectId(server, place);
  return {
    text: `${contactView(card).name} is in ${book.name} on ${server.account.url.host}\nid ${id}`,
    data: { id, account: server.account.name, addressBook: book.id, ...(etag === undefined ? {} : { etag }) },
    source: server.account.url.host,
  };
}

/** Shows the card as it would be added. */
export async function previewCreateContact(args: CreateContactArguments, context: PluginContext): Promise<string> {
  const { server, book, card } = await newCard(args, context);
  return `a new contact in ${book.name} on ${server.account.url.host}:\n\n${contactText(contactView(card))}`;
}

async function newCard(
  args: CreateContactArguments,
  context: PluginContext,
): Promise<{ readonly server: DavServer; readonly book: DavCollection; readonly card: ContactCard }> {
  const server = await davServer(args.account, context);
  const book = writableCollection(args.addressBook, 'contacts', server.collections);
  const frame = ['BEGIN:VCARD', 'VERSION:3.0', 'PRODID:-//Pyra//Nextcloud//EN', 'END:VCARD'].map((raw) => ({
    raw,
    name: raw.replace(/:.*$/, ''),
    content: raw,
  }));
  return { server, book, card: changedCard({ version: '3.0', lines: frame }, args) };
}

/** Changes what is known of a person: only of the version that was shown or named, after the version before has been kept. */
export async function updateContact(args: UpdateContactArguments, context: PluginContext): Promise<ToolAnswer> {
  const seen = shown.take(JSON.stringify(args));
  const { server, object, etag, after } = await plan(args, context);
  if (seen !== undefined && !sameVersion(seen.version, etag)) throw statusFailure(412, 'the contact', server.account);
  const kept = { account: server.account.name, path: object.path, change: 'update', text: object.text };
  await new KeptVersions(context.dataDir).keep(kept);
  const written = await putObject(server, object, writtenCard(withRevision(after)), { kind: 'version', etag });
  return {
    text: `the contact is now:\n${contactText(contactView(after))}\nid ${objectId(server, object)}`,
    data: { id: objectId(server, object), account: server.account.name, ...(written === undefined ? {} : { etag: written }) },
    source: server.account.url.host,
  };
}

/** Shows a card as it is and as it would be. */
export async function previewUpdateContact(args: UpdateContactArguments, context: PluginContext): Promise<string> {
  const { object, etag, before, after } = await plan(args, context);
  shown.note(JSON.stringify(args), etag);
  return `changes a contact in ${object.collection.name}.\n\nbefore:\n${contactText(contactView(before))}\n\nafter:\n${contactText(contactView(after))}`;
}

interface ContactPlan {
  readonly server: DavServer;
  readonly object: StoredObject;
  readonly etag: Etag;
  readonly before: ContactCard;
  readonly after: ContactCard;
}

async function plan({ id, etag: named, account, ...fields }: UpdateContactArguments, context: PluginContext): Promise<ContactPlan> {
  if (Object.keys(fields).length === 0) throw new ToolFailure('nothing is to be changed: give what is to be different');
  const server = await davServer(account ?? accountOfId(id), context);
  const place = placeOf(id, 'address-book', server);
  if (!place.collection.writable) throw new ToolFailure(`${place.collection.name} can only be read`);
  const object = await getObject(server, place);
  const before = readCard(object.text);
  if (before === undefined) throw new ToolFailure('the card cannot be read, so it is not changed here');
  const given = parseEtag(named);
  if (object.etag === undefined) {
    throw new ToolFailure(
      `${server.account.url.host} names no versions (ETag) of its entries, so a change cannot be guarded; nothing was changed`,
    );
  }
  if (given !== undefined && !sameVersion(given, object.etag)) throw statusFailure(412, 'the contact', server.account);
  return { server, object, etag: object.etag, before, after: changedCard(before, fields) };
}

/** Notes when it was changed. */
function withRevision(card: ContactCard): ContactCard {
  const now = new Date().toISOString().slice(0, 19);
  const line = cardLine('REV', card.version === '4.0' ? `${now.replace(/[-:]/g, '')}Z` : `${now}Z`);
  const rest = card.lines.filter(({ name }) => name !== 'REV');
  return { ...card, lines: [...rest.slice(0, -1), line, ...rest.slice(-1)] };
}
