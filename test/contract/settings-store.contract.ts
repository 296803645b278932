import { expect } from 'chai';
import { DEFAULT_SETTINGS, type Settings } from '../../src/core/domain/settings.js';
import type { SettingsStore } from '../../src/ports/settings-store.js';
import type { Harness, Subject } from '../support/harness.js';

/** Settings in which every value differs from its default. */
export const CHANGED_SETTINGS: Settings = {
  ai: {
    provider_id: 'openai-compatible',
    model: 'qwen3:8b',
    base_url: 'http://127.0.0.1:8080/v1',
    context_tokens: 32_768,
    options: { temperature: 0.2, reasoning_effort: 'low', stop: ['a', 'b'], nested: { deep: true, nothing: null } },
    max_rounds: 3,
    timeout_seconds: 30.5,
  },
  memory: { auto_load: false, max_tokens_in_context: 0 },
  security: {
    injection_detection: false,
    log_injections: 'minimal',
    rules: [{ tool: 'email.send', when: { to: 'ana@example.org' } }],
  },
  plugins: { enabled: ['email', 'nextcloud'], require_approval: 'every-call', log_executions: 'minimal' },
  mcp: {
    servers: {
      files: {
        command: '/usr/bin/node',
        args: ['/opt/files.js', '--port', '8080', ''],
        env: { LEVEL: 'debug', TOKEN: 'secret:files' },
        read: ['/srv/a b'],
        write: ['/srv/out'],
        net: ['api.example.org:443', '*.cdn.example.org:443'],
        start: 'startup',
        tools: {
          read_file: { effect: 'read', approval: 'none' },
          upload: { effect: 'egress', approval: 'ask', destinations: ['to', 'copies.to'] },
        },
      },
      issues: { url: 'https://mcp.example.org/v1?lang=de', headers: { Authorization: 'Bearer secret:issues', 'X-Team': 'core' } },
    },
  },
  daemon: { anything: [1, { goes: true }] },
};

/** What every SettingsStore guarantees. */
export function settingsStoreContract(harness: Harness<SettingsStore>): void {
  describe(`${harness.name} as a settings store`, () => {
    let subject: Subject<SettingsStore>;
    let store: SettingsStore;

    beforeEach(async () => {
      subject = await harness.create();
      store = subject.port;
    });

    afterEach(async () => subject.dispose?.());

    const reopened = async (): Promise<SettingsStore> => (await subject.reopen?.()) ?? store;

    it('gives the defaults at first, and shares nothing with another subject', async () => {
      const other = await harness.create();
      await other.port.save(CHANGED_SETTINGS);
      expect(await store.load()).to.deep.equal(DEFAULT_SETTINGS);
      await other.dispose?.();
    });

    it('gives back what was saved, also when opened again', async () => {
      await store.save(CHANGED_SETTINGS);
      expect(await store.load()).to.deep.equal(CHANGED_SETTINGS);
      expect(await (await reopened()).load()).to.deep.equal(CHANGED_SETTINGS);
    });

    it('goes back to the defaults', async () => {
      await store.save(CHANGED_SETTINGS);
      await (await reopened()).save(DEFAULT_SETTINGS);
      expect(await (await reopened()).load()).to.deep.equal(DEFAULT_SETTINGS);
    });

    it('saves the same twice', async () => {
      await store.save(CHANGED_SETTINGS);
      await store.save(await store.load());
      expect(await (await reopened()).load()).to.deep.equal(CHANGED_SETTINGS);
    });

    it('is not changed by what is done to given or saved settings afterwards', async () => {
      const settings = structuredClone(CHANGED_SETTINGS);
      await store.save(settings);
      (settings.plugins.enabled as string[]).push('x');
      ((await store.load()).plugins.enabled as string[]).push('y');
      expect(await store.load()).to.deep.equal(CHANGED_SETTINGS);
      const other = await harness.create();
      ((await other.port.load()).plugins.enabled as string[]).push('z');
      expect((await other.port.load()).plugins.enabled).to.deep.equal([]);
      expect(DEFAULT_SETTINGS.plugins.enabled).to.deep.equal([]);
      await other.dispose?.();
    });

    it('keeps one of several settings that are saved at once, whole', async () => {
      const wanted = [1, 2, 3, 4, 5].map((number) => ({ ...CHANGED_SETTINGS, ai: { ...CHANGED_SETTINGS.ai, max_rounds: number } }));
      await Promise.all(wanted.map((settings) => store.save(settings)));
      expect(wanted).to.deep.include(await (await reopened()).load());
    });

    it('loses none of several changes that are made at once, here and when it is opened twice', async () => {
      await store.save(DEFAULT_SETTINGS);
      const stores = [store, await reopened()];
      const names = Array.from({ length: 12 }, (_, number) => `plugin-${number}`);
      const enable = (name: string) => (now: Settings) => ({
        ...now,
        plugins: { ...now.plugins, enabled: [...now.plugins.enabled, name] },
      });
      await Promise.all(names.map((name, index) => stores[index % 2]?.update(enable(name))));
      expect((await (await reopened()).load()).plugins.enabled).to.have.members(names);
    });

    it('gives what a change came to, and leaves everything when the change fails', async () => {
      await store.save(CHANGED_SETTINGS);
      const memory = { auto_load: true, max_tokens_in_context: 7 };
      expect((await store.update((now) => ({ ...now, memory }))).memory).to.deep.equal(memory);
      const fault = new Error('no');
      const failed = await store
        .update(() => {
          throw fault;
        })
        .catch((error: unknown) => error);
      expect(failed).to.equal(fault);
      expect(await store.load()).to.deep.equal({ ...CHANGED_SETTINGS, memory });
    });
  });
}
