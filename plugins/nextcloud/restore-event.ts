import { type PluginContext, type ToolAnswer, ToolFailure } from 'pyra/plugin';
import { readCalendarFile } from './calendar-file.js';
import { statusFailure } from './dav-failure.js';
import { findObject, type ObjectGuard, putObject, type StoredObject } from './dav-objects.js';
import { type DavServer, davServer } from './dav-server.js';
import { eventText, mainComponent, timesOf } from './edited-event.js';
import { isNamed, mailRecipients, mailRefusal } from './event-mail.js';
import { type KeptVersion, KeptVersions } from './kept-versions.js';
import { callZone } from './list-events.js';
import { accountOfId, type ObjectPlace, objectId, placeOf } from './object-id.js';
import { ShownVersions } from './shown-versions.js';
import type { Zone } from './time-zone.js';

/** What `event_restore` takes. */
export interface RestoreArguments {
  readonly id: string;
  readonly version?: string;
  readonly notify?: readonly string[];
  readonly account?: string;
}

interface Restoration {
  readonly server: DavServer;
  readonly place: ObjectPlace;
  readonly kept: KeptVersion;
  readonly others: readonly KeptVersion[];
  readonly now: StoredObject | undefined;
  readonly home: Zone;
  /** What a preview was shown for. */
  readonly state: string;
}

const shown = new ShownVersions<string>();

/** Brings an event back as it was before a change or its deletion that was made here. */
export async function restoreEvent(args: RestoreArguments, context: PluginContext): Promise<ToolAnswer> {
  const seen = shown.take(keyOf(args));
  const restoration = await prepare(args, context);
  const { server, place, kept, others, now } = restoration;
  if (seen !== undefined && seen.version !== restoration.state) throw statusFailure(412, 'the event', server.account);
  const missing = recipients(restoration).filter((address) => !isNamed(address, args.notify));
  if (missing.length > 0) throw new ToolFailure(mailRefusal(server, missing));
  if (now !== undefined) {
    await new KeptVersions(context.dataDir).keep({ account: server.account.name, path: place.path, change: 'restore', text: now.text });
  }
  const etag = await putObject(server, place, kept.text, guardOf(now));
  const older = others.slice(0, 5).map(({ version, change }) => `${version} (before: ${change})`);
  return {
    text: [
      `the event is again as it was before the ${kept.change} of ${kept.version}`,
      ...(older.length === 0 ? [] : [`older versions: ${older.join(', ')}`]),
      `id ${objectId(server, place)}`,
    ].join('\n'),
    data: {
      id: objectId(server, place),
      account: server.account.name,
      version: kept.version,
      older: others.map(({ version }) => version),
      ...(etag === undefined ? {} : { etag }),
    },
    source: server.account.url.host,
  };
}

/** Shows an event as it is and as it would be again. */
export async function previewRestore(args: RestoreArguments, context: PluginContext): Promise<string> {
  const restoration = await prepare(args, context);
  const { server, place, kept, now, home } = restoration;
  shown.note(keyOf(args), restoration.state);
  const told = recipients(restoration);
  const missing = told.filter((address) => !isNamed(address, args.notify));
  const first = missing.length > 0 ? `will be refused: ${mailRefusal(server, missing)}\n\n` : '';
  const mail =
    missing.length === 0 && told.length > 0 ? `\n\n${server.account.url.host} will send mail about it to: ${told.join(', ')}` : '';
  const before = now === undefined ? 'it is not there' : shownEvent(now.text, home);
  return `${first}brings back an event in ${place.collection.name} as it was before the ${kept.change} of ${kept.version}.\n\nnow:\n${before}\n\nthen:\n${shownEvent(kept.text, home)}${mail}`;
}

async function prepare(args: RestoreArguments, context: PluginContext): Promise<Restoration> {
  const server = await davServer(args.account ?? accountOfId(args.id), context);
  const place = placeOf(args.id, 'calendar', server);
  const versions = await new KeptVersions(context.dataDir).of(server.account.name, place.path);
  const index = args.version === undefined ? 0 : versions.findIndex(({ version }) => version === args.version);
  const kept = versions[index];
  if (kept === undefined) {
    const known = versions.map(({ version }) => version).join(', ');
    throw new ToolFailure(
      versions.length === 0 ? 'no earlier version of that event is kept here' : `there is no such version; there are ${known}`,
    );
  }
  const now = await findObject(server, place);
  const state = JSON.stringify([kept.version, now?.etag ?? null]);
  return { server, place, kept, others: versions.filter((one) => one !== kept), now, home: callZone(undefined, server), state };
}

function guardOf(now: StoredObject | undefined): ObjectGuard {
  if (now === undefined) return { kind: 'absent' };
  return now.etag === undefined ? { kind: 'any' } : { kind: 'version', etag: now.etag };
}

/** Who is told: whoever takes part in what is there now, or in what will be. */
function recipients({ server, now, kept }: Restoration): readonly string[] {
  const files = [now?.text, kept.text].flatMap((text) => (text === undefined ? [] : (readCalendarFile(text, 'vevent') ?? [])));
  return [...new Set(files.flatMap((file) => mailRecipients(server, file, false)))];
}

function shownEvent(text: string, home: Zone): string {
  const file = readCalendarFile(text, 'vevent');
  if (file === undefined || file.components.length === 0) return '(it cannot be read)';
  const main = mainComponent(file);
  return eventText(main, timesOf(main, file, home));
}

function keyOf({ id, version, account, notify }: RestoreArguments): string {
  return JSON.stringify([id, version, account, notify]);
}
