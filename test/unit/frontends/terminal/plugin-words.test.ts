import { expect } from 'chai';
import { createPaint } from '../../../../src/adapters/support/terminal/paint.js';
import type { SandboxTier } from '../../../../src/core/domain/plugin.js';
import { pluginDifference } from '../../../../src/core/domain/plugin-difference.js';
import type { PluginManifest } from '../../../../src/core/domain/plugin-manifest.js';
import { changeLines } from '../../../../src/frontends/terminal/plugin-change.js';
import { offerText } from '../../../../src/frontends/terminal/plugin-offer.js';
import { permissionWords, tierWords } from '../../../../src/frontends/terminal/plugin-words.js';
import { sampleManifest, sampleTool } from '../../../support/sample-manifest.js';

const paint = createPaint(false);
const BWRAP: SandboxTier = { tier: 'bwrap', reason: '', networkEnforced: true };

describe('what a plugin is said to be', () => {
  it('names every tool with its effect in words, and whether it asks', () => {
    const text = offerText(sampleManifest(), BWRAP, paint);
    expect(text).to.match(/^mail 1\.2\.0, by Ana$/m);
    expect(text).to.match(/^ {2}mail\.search +read +runs without asking$/m);
    expect(text).to.match(/^ {2}mail\.send +egress +asks you each time$/m);
    expect(text).to.include(
      '    Does send.\n  read: looks something up and changes nothing\n  egress: sends what the assistant writes to others\n',
    );
    expect(text).not.to.include('destructive');
  });

  it('shows what speaks to the model, the commands, the secrets and the sandbox', () => {
    const text = offerText(sampleManifest(), { tier: 'plain', reason: 'bubblewrap is not installed', networkEnforced: false }, paint);
    expect(text).to.include('  │ Say who wrote\n  │ what.');
    expect(text).to.include('  /inbox\n    new mail (calls search)\n');
    expect(text).to.include('password (one for each account)');
    expect(text).to.include('sandbox plain (bubblewrap is not installed)\n  ');
    expect(text).to.match(/NOT\s+closed/);
  });

  it('breaks long words to the model into rows, without losing any', () => {
    const prompt = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
    const rows = offerText(sampleManifest({ prompt }), BWRAP, paint)
      .split('\n')
      .filter((line) => line.startsWith('  │ '));
    expect(rows.every((row) => row.length <= 80)).to.equal(true);
    expect(rows.map((row) => row.slice(4)).join(' ')).to.equal(prompt);
  });

  it('lets no text of the manifest stand where a line of its own would, however it is padded', () => {
    for (const space of [' ', '\u00a0', '\u3000', '\u2800']) {
      const padded = `The weather.${space.repeat(66)}what it can reach${space.repeat(61)}  no network`;
      const lying = { description: padded, author: padded, prompt: padded, commands: [{ name: 'a', summary: padded, prompt: padded }] };
      const rows = offerText(
        sampleManifest({ ...lying, permissions: { read: [], write: [], run: [], net: ['evil.test:443'] } }),
        BWRAP,
        paint,
      );
      expect(rows.split('\n').filter((row) => row === 'what it can reach')).to.have.length(1);
      expect(rows).not.to.match(/^ *no network/m);
      for (const row of rows.split('\n')) expect(row.length, row).to.be.at.most(80);
    }
  });

  it('lets nothing of the manifest drive the terminal', () => {
    const evil = 'x\u001b[2J\u202ey\nz';
    const text = offerText(
      sampleManifest({
        description: evil,
        author: evil,
        version: evil,
        prompt: evil,
        tools: [sampleTool('a', { description: evil })],
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
    const words = permissionWords(sampleManifest().permissions);
    expect(words).to.include('network: the server that you name in its setup (imap_host), port of its setup (imap_port)');
    expect(words).to.include('network: login.example.org port 443, every host that ends in .example.net port 443');
    const many = permissionWords({
      read: [],
      write: [],
      run: [],
      net: Array.from({ length: 30 }, (_, index) => `host${index}.example.org:1`),
    });
    expect(many.length).to.be.within(8, 15);
    expect(permissionWords({ read: ['/a'], write: ['/b'], run: ['git'], net: [] })).to.deep.equal([
      'no network',
      'may read /a',
      'may read and change /b',
      'may run programs: git',
      'a plugin that may run programs is as strong as you are: the sandbox does not hold what it starts',
    ]);
  });

  it('claims for each sandbox no more than it does', () => {
    expect(tierWords(BWRAP).join(' ')).to.include('only its own files and what is listed');
    expect(tierWords({ tier: 'unshare', reason: 'x', networkEnforced: true }).join(' ')).to.include('local sockets');
    expect(tierWords({ tier: 'plain', reason: 'x', networkEnforced: true }).join(' ')).to.include('does not promise');
  });
});

describe('what an update changes', () => {
  const lines = (after: PluginManifest): readonly string[] =>
    changeLines(sampleManifest(), after, pluginDifference(sampleManifest(), after), paint);

  it('is nothing to be told when only the code does', () => {
    expect(lines(sampleManifest({ version: '2.0.0' }))).to.deep.equal([]);
  });

  it('shows an effect that became stronger, a question that is no longer asked, and a destination that went', () => {
    expect(
      lines(sampleManifest({ tools: [sampleTool('search', { effect: 'destructive' }), sampleTool('send', { effect: 'egress' })] })),
    ).to.deep.equal([
      '~ mail.search: effect: read → destructive',
      '~ mail.search: asks before each call now',
      '~ mail.send: destinations: to → none',
    ]);
  });

  it('shows a question once that reads the same and is asked otherwise', () => {
    const ask = (more: object) => sampleManifest({ setup: [{ key: 'host', label: 'Host', kind: 'text', ...more }] });
    const [before, after] = [ask({}), ask({ help: 'Its name.' })];
    expect(changeLines(before, after, pluginDifference(before, after), paint)).to.deep.equal([
      '~ question host (text): Host: asked otherwise',
    ]);
    const renamed = ask({ label: 'Server' });
    expect(changeLines(before, renamed, pluginDifference(before, renamed), paint)).to.have.length(2);
  });

  it('shows new tools, reach, secrets, commands, words to the model and questions', () => {
    const changes = lines(
      sampleManifest({
        author: 'Eve',
        tools: [sampleTool('search', { approval: 'none' }), sampleTool('wipe', { effect: 'destructive' })],
        permissions: { read: ['/home'], write: [], run: ['sh'], net: [] },
        secrets: ['token'],
        commands: [],
        prompt: 'Obey.',
        setup: [{ key: 'url', label: 'Where', kind: 'url' }],
      }),
    );
    expect(changes).to.include.members([
      '- by Ana',
      '+ by Eve',
      '- mail.send: egress (sends what the assistant writes to others), asks you each time',
      '+ mail.wipe: destructive (removes or replaces things of yours), asks you each time',
      '- network: login.example.org port 443',
      '+ may read /home',
      '+ may run programs: sh; a plugin that may run programs is as strong as you are: the sandbox does not hold what it starts',
      '+ secret token',
      '- secret password (one for each account)',
      '- command /inbox, which calls search',
      '- tells the model: Say who wrote⏎what.',
      '+ tells the model: Obey.',
      '+ question url (url): Where',
    ]);
  });
});
