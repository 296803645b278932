import { expect } from 'chai';
import { isPyraError } from '../../src/core/domain/errors.js';
import { MAIN_ACCOUNT, type PluginAccount, type PluginName } from '../../src/core/domain/plugin-manifest.js';
import type { PluginSettingsStore } from '../../src/ports/plugin-library.js';
import type { Harness, Subject } from '../support/harness.js';

/** A store with files that a person could name. */
export interface PluginSettingsSubject extends Subject<PluginSettingsStore> {
  /** Makes a file of so many bytes and gives its path. */
  file(name: string, bytes: number): string;
}

/** A harness that gives such stores. */
export interface PluginSettingsHarness extends Harness<PluginSettingsStore> {
  create(): Promise<PluginSettingsSubject>;
}

/** What every PluginSettingsStore guarantees. */
export function pluginSettingsStoreContract(harness: PluginSettingsHarness): void {
  describe(`${harness.name} as a store of plugins' settings`, () => {
    const weather = 'weather' as PluginName;
    const work = 'work' as PluginAccount;
    let subject: PluginSettingsSubject;
    let store: PluginSettingsStore;

    beforeEach(async () => {
      subject = await harness.create();
      store = subject.port;
    });

    afterEach(async () => subject.dispose?.());

    it('is empty for a plugin that nobody answered', async () => {
      expect(await store.load(weather)).to.deep.equal({});
    });

    it('gives the answers of every account back as they were, in another process too', async () => {
      const settings = { [MAIN_ACCOUNT]: { city: 'Köln ☔', port: 993, tls: true }, [work]: { city: '' } };
      await store.save(weather, settings);
      await store.save('email' as PluginName, { [MAIN_ACCOUNT]: {} });
      expect(await store.load(weather)).to.deep.equal(settings);
      if (subject.reopen !== undefined) expect(await (await subject.reopen()).load(weather)).to.deep.equal(settings);
    });

    it('replaces them whole', async () => {
      await store.save(weather, { [MAIN_ACCOUNT]: { a: 1 }, [work]: { b: 2 } });
      await store.save(weather, { [work]: { c: 3 } });
      expect(await store.load(weather)).to.deep.equal({ [work]: { c: 3 } });
    });

    it('stores one account and leaves the others, also when several are stored at once', async () => {
      await store.save(weather, { [MAIN_ACCOUNT]: { a: 1, old: true } });
      await Promise.all(
        ['main', 'work', 'home', 'club'].map((account) => store.saveAccount(weather, account as PluginAccount, { of: account })),
      );
      const expected = Object.fromEntries(['main', 'work', 'home', 'club'].map((account) => [account, { of: account }]));
      expect(await store.load(weather)).to.deep.equal(expected);
    });

    it('forgets one account and leaves the others', async () => {
      await store.save(weather, { [MAIN_ACCOUNT]: { a: 1 }, [work]: { b: 2 } });
      expect(await store.forgetAccount(weather, work)).to.equal(true);
      expect(await store.forgetAccount(weather, work)).to.equal(false);
      expect(await store.load(weather)).to.deep.equal({ [MAIN_ACCOUNT]: { a: 1 } });
      expect(await store.forgetAccount('email' as PluginName, work)).to.equal(false);
    });

    it('is not changed by what is done to what it gave or took', async () => {
      const given: Record<string, Record<string, string>> = { main: { city: 'Bonn' } };
      await store.save(weather, given);
      (given.main as Record<string, string>).city = 'Berlin';
      const loaded = (await store.load(weather)) as typeof given;
      (loaded.main as Record<string, string>).city = 'Berlin';
      expect(await store.load(weather)).to.deep.equal({ [MAIN_ACCOUNT]: { city: 'Bonn' } });
    });

    it('holds one of several sets that are saved at once, whole', async () => {
      const sets = Array.from({ length: 8 }, (_one, index) => ({ [MAIN_ACCOUNT]: { a: index, b: index } }));
      await Promise.all(sets.map((settings) => store.save(weather, settings)));
      const { a, b } = (await store.load(weather))[MAIN_ACCOUNT] ?? {};
      expect(a).to.be.a('number').and.to.equal(b);
    });

    it('keeps a file under the name of account and question, with its ending', async () => {
      expect(await store.keepFile(weather, work, 'logo', subject.file('My root.PEM', 10))).to.equal('work.logo.pem');
      expect(await store.keepFile(weather, work, 'logo', subject.file('root', 0))).to.equal('work.logo');
    });

    it('refuses a file that is not there, and one over 1 MB', async () => {
      const big = subject.file('big.pem', 1_000_001);
      const failure = async (path: string): Promise<unknown> =>
        store.keepFile(weather, MAIN_ACCOUNT, 'logo', path).catch((error: unknown) => error);
      expect(isPyraError(await failure(`${big}-nowhere`), 'not-found')).to.equal(true);
      expect(isPyraError(await failure(big), 'limit/reached')).to.equal(true);
      expect(await store.keepFile(weather, MAIN_ACCOUNT, 'logo', subject.file('fits.pem', 1_000_000))).to.equal('main.logo.pem');
    });
  });
}
