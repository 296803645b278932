import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import plugin from '../../../plugins/email/plugin.js';
import { parsePluginManifest } from '../../../src/core/domain/parse-plugin-manifest.js';
import { PROJECT } from '../../support/source-files.js';

const manifest = parsePluginManifest(readFileSync(join(PROJECT, 'plugins/email/manifest.json'), 'utf8'));
const names = (matches: (tool: (typeof manifest.tools)[number]) => boolean): readonly string[] =>
  manifest.tools
    .filter(matches)
    .map(({ name }) => name)
    .sort();

describe('the manifest of the e-mail plugin', () => {
  it('names the tools that have handlers, and no other', () => {
    expect(names(() => true)).to.deep.equal(Object.keys(plugin.tools).sort());
    expect(names(({ preview }) => preview)).to.deep.equal(Object.keys(plugin.previews ?? {}).sort());
    expect(plugin.check).to.be.a('function');
  });

  it('lets only what reads go without a question', () => {
    expect(names(({ approval }) => approval === 'none')).to.deep.equal(['events', 'folders', 'read', 'search', 'thread']);
    expect(names(({ effect }) => effect === 'read')).to.deep.equal(['events', 'folders', 'read', 'search', 'thread']);
  });

  it('says what each of the others can cause, and shows it before', () => {
    expect(names(({ effect }) => effect === 'write')).to.deep.equal(['archive', 'attachment', 'draft', 'flag', 'move']);
    expect(names(({ effect }) => effect === 'destructive')).to.deep.equal(['delete']);
    expect(names(({ effect }) => effect === 'egress')).to.deep.equal(['send']);
    expect(names(({ effect, preview }) => effect !== 'read' && !preview)).to.deep.equal([]);
  });

  it('names every recipient as a destination', () => {
    expect(manifest.tools.find(({ name }) => name === 'send')?.destinations).to.deep.equal(['to', 'cc', 'bcc']);
  });

  it('takes no argument that it does not know, and an account everywhere', () => {
    for (const { name, parameters } of manifest.tools) {
      expect(parameters, name).to.include({ type: 'object', additionalProperties: false });
      expect(parameters.properties, name).to.have.property('account');
    }
  });

  it('asks for no file and no program, and of the network only for servers of mail and the sign-in of Microsoft', () => {
    const { read, write, run, net } = manifest.permissions;
    expect([...read, ...write, ...run]).to.deep.equal([]);
    expect(net).to.include.members(['{settings.imap_host}:{settings.imap_port}', '{settings.smtp_host}:{settings.smtp_port}']);
    expect(net.filter((entry) => !/:(?:993|465|587)$/.test(entry) && !entry.includes('{settings.'))).to.deep.equal([
      'login.microsoftonline.com:443',
    ]);
    expect(net.filter((entry) => entry.includes('*'))).to.deep.equal([]);
  });
});
