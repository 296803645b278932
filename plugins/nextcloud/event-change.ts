import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import type { CalendarFile } from './calendar-file.js';
import { statusFailure } from './dav-failure.js';
import { deleteObject, getObject, putObject, type StoredObject } from './dav-objects.js';
import { type DavServer, davServer } from './dav-server.js';
import { editableEvent } from './edited-event.js';
import { type Etag, parseEtag, sameVersion } from './etag.js';
import { isNamed, mailRecipients, mailRefusal } from './event-mail.js';
import { KeptVersions } from './kept-versions.js';
import { callZone } from './list-events.js';
import { accountOfId, objectId, placeOf } from './object-id.js';
import { ShownVersions } from './shown-versions.js';
import type { Zone } from './time-zone.js';

/** What every tool that changes an event takes. */
export interface ChangeArguments {
  readonly id: string;
  readonly etag?: string;
  readonly notify?: readonly string[];
  readonly timezone?: string;
  readonly account?: string;
}

/** An event that is to be changed, as it is on the server. */
export interface EventBefore {
  readonly server: DavServer;
  readonly object: StoredObject;
  readonly file: CalendarFile;
  readonly home: Zone;
}

/** What a change makes of an event: its new text, or nothing when it goes. */
export interface EventChange {
  /** `update`, `delete`, `invite`. */
  readonly change: string;
  readonly text: string | undefined;
  /** What it does, for the person who decides. */
  readonly preview: string;
  /** What was done, for the answer. */
  readonly done: string;
}

const shown = new ShownVersions<Etag>();

/**
 * Shows a change and remembers what it was shown for, so that the call changes that and nothing else.
 * @throws ToolFailure when it is not possible.
 */
export async function previewChange<A extends ChangeArguments>(
  tool: string,
  args: A,
  context: PluginContext,
  plan: (before: EventBefore, args: A) => EventChange,
): Promise<string> {
  const before = await loadEvent(args, context);
  const change = plan(before, args);
  shown.note(keyOf(tool, args), guardOf(before, args));
  const told = mailTo(before, change);
  const missing = told.filter((address) => !isNamed(address, args.notify));
  const mail = told.length === 0 ? '' : `\n\n${before.server.account.url.host} will send mail about it to: ${told.join(', ')}`;
  if (missing.length > 0) return `will be refused: ${mailRefusal(before.server, missing)}\n\n${change.preview}`;
  return `${change.preview}${mail}`;
}

/** Makes a change: only of the version that was shown or named, after the version before has been kept. */
export async function makeChange<A extends ChangeArguments>(
  tool: string,
  args: A,
  context: PluginContext,
  plan: (before: EventBefore, args: A) => EventChange,
): Promise<ToolAnswer> {
  const seen = shown.take(keyOf(tool, args));
  const before = await loadEvent(args, context);
  const { server, object } = before;
  const etag = guardOf(before, args);
  if (seen !== undefined && !sameVersion(seen.version, etag)) throw statusFailure(412, 'the event', server.account);
  const change = plan(before, args);
  const missing = mailTo(before, change).filter((address) => !isNamed(address, args.notify));
  if (missing.length > 0) throw new ToolFailure(mailRefusal(before.server, missing));
  const versions = new KeptVersions(context.dataDir);
  await versions.keep({ account: server.account.name, path: object.path, change: change.change, text: object.text });
  const guard = { kind: 'version', etag } as const;
  if (change.text === undefined) await deleteObject(server, object, guard);
  const written = change.text === undefined ? undefined : await putObject(server, object, change.text, guard);
  return {
    text: `${change.done}; nextcloud.event_restore brings back what was before.\nid ${objectId(server, object)}`,
    data: { id: objectId(server, object), account: server.account.name, ...(written === undefined ? {} : { etag: written }) },
    source: server.account.url.host,
  };
}

async function loadEvent(args: ChangeArguments, context: PluginContext): Promise<EventBefore> {
  const server = await davServer(args.account ?? accountOfId(args.id), context);
  const place = placeOf(args.id, 'calendar', server);
  if (!place.collection.writable) throw new ToolFailure(`${place.collection.name} can only be read`);
  const object = await getObject(server, place);
  return { server, object, file: editableEvent(object.text), home: callZone(undefined, server) };
}

/** The version that may be changed: the one that is there, which has to be the one that is named. */
function guardOf({ server, object }: EventBefore, args: ChangeArguments): Etag {
  const given = parseEtag(args.etag);
  if (object.etag === undefined) {
    throw new ToolFailure(
      `${server.account.url.host} names no versions (ETag) of its entries, so a change cannot be guarded; nothing was changed`,
    );
  }
  if (given !== undefined && !sameVersion(given, object.etag)) throw statusFailure(412, 'the event', server.account);
  return object.etag;
}

function keyOf(tool: string, args: ChangeArguments): string {
  return JSON.stringify([tool, Object.entries(args).toSorted(([left], [right]) => (left < right ? -1 : 1))]);
}

/** An invitation names its recipients itself; whoever is invited already is not told of it again by most servers, and by none without need. */
function mailTo({ server, file }: EventBefore, { change }: EventChange): readonly string[] {
  return change === 'invite' ? [] : mailRecipients(server, file, change === 'delete');
}
