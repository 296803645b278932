import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import plugin from '../../../plugins/nextcloud/plugin.js';
import { parsePluginManifest } from '../../../src/core/domain/parse-plugin-manifest.js';
import { PROJECT } from '../../support/source-files.js';

const manifest = parsePluginManifest(readFileSync(join(PROJECT, 'plugins/nextcloud/manifest.json'), 'utf8'));
const names = (matches: (tool: (typeof manifest.tools)[number]) => boolean): readonly string[] =>
  manifest.tools
    .filter(matches)
    .map(({ name }) => name)
    .sort();

const READING = ['calendars', 'contacts', 'events', 'file_read', 'file_search', 'files', 'free', 'tasks'];

describe('the manifest of the Nextcloud plugin', () => {
  it('names the tools that have handlers, and no other', () => {
    expect(names(() => true)).to.deep.equal(Object.keys(plugin.tools).sort());
    expect(names(({ preview }) => preview)).to.deep.equal(Object.keys(plugin.previews ?? {}).sort());
    expect(plugin.check).to.be.a('function');
  });

  it('lets only what reads go without a question, and shows the rest before', () => {
    expect(names(({ effect }) => effect === 'read')).to.deep.equal(READING);
    expect(names(({ approval }) => approval === 'none')).to.deep.equal(READING);
    expect(names(({ effect, preview }) => effect !== 'read' && !preview)).to.deep.equal([]);
  });

  it('says what sends mail and what destroys, and to whom and where', () => {
    expect(names(({ effect }) => effect === 'egress')).to.deep.equal(['event_invite']);
    expect(names(({ effect }) => effect === 'destructive')).to.deep.equal(['event_delete', 'file_delete']);
    const destinations = (tool: string) => manifest.tools.find(({ name }) => name === tool)?.destinations;
    expect(destinations('event_invite')).to.deep.equal(['attendees']);
    for (const tool of ['event_update', 'event_delete', 'event_restore']) expect(destinations(tool), tool).to.deep.equal(['notify']);
  });

  it('takes every field of a draft of an event, no argument that it does not know, and an account everywhere', () => {
    for (const { name, parameters } of manifest.tools) {
      expect(parameters, name).to.include({ type: 'object', additionalProperties: false });
      expect(parameters.properties, name).to.have.property('account');
    }
    const create = manifest.tools.find(({ name }) => name === 'event_create')?.parameters.properties;
    expect(create).to.include.keys('title', 'start', 'end', 'timezone', 'allDay', 'location', 'description', 'recurrence');
  });

  it('asks for no file and no program, and of the network only for the server of the person', () => {
    const { read, write, run, net } = manifest.permissions;
    expect([...read, ...write, ...run]).to.deep.equal([]);
    expect(net).to.deep.equal(['{settings.url}']);
  });
});
