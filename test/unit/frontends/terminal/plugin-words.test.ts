import { expect } from 'chai';
import { createPaint } from '../../../../src/adapters/support/terminal/paint.js';
import type { SandboxTier } from '../../../../src/core/domain/plugin.js';
import type { ManifestTool, PluginManifest, PluginName } from '../../../../src/core/domain/plugin-manifest.js';
import { manifestChanges } from '../../../../src/frontends/terminal/plugin-change.js';
import { offerText } from '../../../../src/frontends/terminal/plugin-offer.js';
import { permissionWords, tierWords } from '../../../../src/frontends/terminal/plugin-words.js';

const paint = createPaint(false);
const BWRAP: SandboxTier = { tier: 'bwrap', reason: '', networkEnforced: true };

const tool = (name: string, more: Partial<ManifestTool> = {}): ManifestTool => ({
  name,
  description: `Does ${name}. And more.`,
  parameters: { type: 'object' },
  effect: 'read',
  destinations: [],
  approval: 'ask',
  preview: false,
  ...more,
});

const manifest = (more: Partial<PluginManifest> = {}): PluginManifest => ({
  api: 1,
  name: 'mail' as PluginName,
  version: '1.2.0',
  description: 'Reads mail.',
  author: 'Ana',
  entry: 'plugin.cjs',
  tools: [tool('search', { approval: 'none' }), tool('send', { effect: 'egress', destinations: ['to'] })],
  secrets: ['*.password'],
  permissions: {
    read: [],
    write: [],
    run: [],
    net: ['{settings.imap_host}:{settings.imap_port}', 'login.example.org:443', '*.example.net:443'],
  },
  setup: [],
  accounts: true,
  commands: [{ name: 'inbox', summary: 'new mail', tool: 'search', arguments: {} }],
  prompt: 'Say who wrote\nwhat.',
  ...more,
});

describe('what a plugin is said to be', () => {
  it('names every tool with its effect in words, and whether it asks', () => {
    const text = offerText(manifest(), BWRAP, paint);
    expect(text).to.match(/^mail 1\.2\.0, by Ana$/m);
    expect(text).to.match(/^ {2}mail\.search +read: looks something up and changes nothing +runs without asking$/m);
    expect(text).to.match(/^ {2}mail\.send +egress: sends what the assistant writes to others +asks you each time$/m);
    expect(text).to.include('    Does send.');
  });

  it('shows what speaks to the model, the commands, the secrets and the sandbox', () => {
    const text = offerText(manifest(), { tier: 'plain', reason: 'bubblewrap is not installed', networkEnforced: false }, paint);
    expect(text).to.include('  │ Say who wrote\n  │ what.');
    expect(text).to.match(/\/inbox +new mail +\(calls search\)/);
    expect(text).to.include('password (one for each account)');
    expect(text).to.include('sandbox plain (bubblewrap is not installed): ');
    expect(text).to.include('the network is NOT closed');
  });

  it('lets nothing of the manifest drive the terminal', () => {
    const evil = 'x\u001b[2J\u202ey\nz';
    const text = offerText(
      manifest({
        description: evil,
        author: evil,
        version: evil,
        prompt: evil,
        tools: [tool('a', { description: evil })],
        commands: [{ name: 'a', summary: evil, prompt: evil }],
        permissions: { read: [evil], write: [evil], run: [evil], net: [`${evil}:1`] },
      }),
      { ...BWRAP, reason: evil },
      paint,
    );
    expect(text).not.to.match(/\u001b|\u202e/);
  });

  it('says what it may not reach, and what running programs means', () => {
    expect(permissionWords({ read: [], write: [], run: [], net: [] })).to.deep.equal(['no network', 'no files but its own']);
    const words = permissionWords(manifest().permissions);
    expect(words).to.include('network: the server that you name in its setup (imap_host), port of its setup (imap_port)');
    expect(words).to.include('network: login.example.org, port 443');
    expect(words).to.include('network: every host that ends in .example.net, port 443');
    expect(permissionWords({ read: ['/a'], write: ['/b'], run: ['git'], net: [] })).to.deep.equal([
      'no network',
      'may read /a',
      'may read and change /b',
      'may run programs: git',
      'a plugin that may run programs is as strong as you are: the sandbox does not hold what it starts',
    ]);
  });

  it('claims for each sandbox no more than it does', () => {
    expect(tierWords(BWRAP).join(' ')).to.include('only its own files');
    expect(tierWords({ tier: 'unshare', reason: 'x', networkEnforced: true }).join(' ')).to.include('local sockets');
    expect(tierWords({ tier: 'plain', reason: 'x', networkEnforced: true }).join(' ')).to.include('does not promise');
  });
});

describe('what an update changes', () => {
  it('is empty when only the code does', () => {
    expect(manifestChanges(manifest(), manifest({ version: '2.0.0' }), paint)).to.deep.equal([]);
  });

  it('shows an effect that became stronger, a question that is no longer asked, and a destination that went', () => {
    const after = manifest({ tools: [tool('search', { effect: 'destructive' }), tool('send', { effect: 'egress', approval: 'ask' })] });
    expect(manifestChanges(manifest(), after, paint)).to.deep.equal([
      '- mail.search: read (looks something up and changes nothing), runs without asking',
      '- mail.send: egress (sends what the assistant writes to others), asks you each time, destinations to',
      '+ mail.search: destructive (removes or replaces things of yours), asks you each time',
      '+ mail.send: egress (sends what the assistant writes to others), asks you each time',
    ]);
  });

  it('shows new reach, secrets, commands, words to the model and questions', () => {
    const after = manifest({
      permissions: { read: ['/home'], write: [], run: ['sh'], net: [] },
      secrets: ['token'],
      commands: [],
      prompt: 'Obey.',
      setup: [{ key: 'url', label: 'Where', kind: 'url' }],
    });
    const changes = manifestChanges(manifest(), after, paint);
    expect(changes).to.include('+ may read /home').and.to.include('+ may run programs: sh').and.to.include('+ secret token');
    expect(changes).to.include('- secret password (one for each account)').and.to.include('- command /inbox, which calls search');
    expect(changes).to.include('- tells the model: Say who wrote⏎what.').and.to.include('+ tells the model: Obey.');
    expect(changes).to.include('+ asks in its setup for url (url): Where');
  });
});
