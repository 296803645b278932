import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { MAIN_ACCOUNT } from '../../../src/core/domain/plugin-manifest.js';
import { type SandboxedPlugin, sandboxedPlugin } from '../../support/sandboxed-plugin.js';
import { needsRadicale, type Radicale, startRadicale } from '../../support/servers/radicale.js';
import { writeSampleCollections } from '../../support/servers/sample-calendar.js';

describe('calendars, tasks and contacts, by the built plugin in the sandbox (needs radicale and openssl)', function () {
  this.timeout(30_000);
  let radicale: Radicale;
  let sandboxed: SandboxedPlugin;
  before(async function () {
    needsRadicale(this);
    radicale = await startRadicale({ seed: writeSampleCollections });
    sandboxed = await sandboxedPlugin('nextcloud', {
      answers: { url: radicale.url, user: radicale.user, timezone: 'Europe/Berlin' },
      secrets: { 'main.password': radicale.password },
      ca: radicale.ca,
    });
  });
  after(async () => {
    await sandboxed?.stop();
    await radicale?.stop();
  });

  const done = async (tool: string, args: Parameters<SandboxedPlugin['call']>[1]) => {
    const output = await sandboxed.call(tool, args);
    expect(output.outcome, output.text).not.to.equal('failed');
    return output;
  };

  it('lists events with their organiser as the source, free times, tasks and people', async () => {
    const events = await done('events', { from: '2026-03-11', to: '2026-03-11', query: 'york' });
    expect(events.text).to.contain('Wed 2026-03-11 16:00–17:00  Call with New York');
    expect(events.provenance).to.deep.equal({ kind: 'external', source: 'alice@example.test' });
    expect((await done('calendars', {})).text).to.contain('Persönlich (id personal)');
    expect((await done('free', { from: '2026-03-12', to: '2026-03-12', minutes: 30 })).text).to.contain('Thu 2026-03-12 00:00–11:00');
    expect((await done('tasks', {})).text).to.contain('Steuererklärung');
    expect((await done('contacts', { query: 'jürgen' })).text).to.contain('juergen@example.test');
  });

  it('puts the draft of an event into the calendar as shown, changes it, deletes it and brings it back', async () => {
    const draft = { title: 'Meeting about the offer', start: '2026-03-20T10:00', end: '2026-03-20T11:00', timezone: 'Europe/Berlin' };
    expect(await sandboxed.preview('event_create', draft)).to.contain('Fri 2026-03-20 10:00–11:00 (Europe/Berlin)');
    const { data } = await done('event_create', draft);
    const { id } = data as { readonly id: string };
    const stored = () => readFileSync(join(radicale.collections, 'personal', id.split('~').at(-1) ?? ''), 'utf8');
    expect(stored()).to.contain('DTSTART;TZID=Europe/Berlin:20260320T100000');
    expect(await sandboxed.preview('event_update', { id, title: 'Offer' })).to.match(
      /before:[\s\S]*about the offer[\s\S]*after:[\s\S]*title: Offer/,
    );
    await done('event_update', { id, title: 'Offer' });
    await done('event_delete', { id });
    await done('event_restore', { id });
    expect(stored()).to.contain('SUMMARY:Offer');
  });

  it('gives failures in words, and keeps the password out of them and out of the log', async () => {
    const { outcome, text } = await sandboxed.call('event_delete', { id: 'main~personal~none.ics' });
    expect(outcome).to.equal('failed');
    expect(text).to.contain('is not there');
    expect([text, ...sandboxed.log].join('\n')).not.to.contain(radicale.password);
  });

  it('says in the check what there is', async () => {
    expect(await sandboxed.plugin.check(MAIN_ACCOUNT, new AbortController().signal, () => undefined)).to.contain('1 calendar (Persönlich)');
  });
});
