import { expect } from 'chai';
import { isPyraError } from '../../src/core/domain/errors.js';
import type { JsonObject } from '../../src/core/domain/json.js';
import type { InstalledPlugin, PluginSource } from '../../src/core/domain/plugin.js';
import { MAIN_ACCOUNT, type PluginName } from '../../src/core/domain/plugin-manifest.js';
import type { PluginLibrary, PluginSettingsStore } from '../../src/ports/plugin-library.js';
import type { Harness, Subject } from '../support/harness.js';

/** A library whose sources and installed files can be changed by the test. */
export interface PluginLibrarySubject extends Subject<PluginLibrary> {
  /** The settings of the same home. */
  readonly settings: PluginSettingsStore;
  /** Puts a plugin where it can be installed from, in place of what is there; gives where. */
  offer(kind: PluginSource['kind'], name: string, files: Readonly<Record<string, string>>): PluginSource;
  /** Changes a file of an installed plugin behind the library's back; `undefined` takes it away. */
  tamper(plugin: InstalledPlugin, path: string, content: string | undefined): void;
}

/** A harness that gives such libraries. */
export interface PluginLibraryHarness extends Harness<PluginLibrary> {
  create(): Promise<PluginLibrarySubject>;
}

/** The files of a small plugin. */
export function pluginFiles(name: string, more: JsonObject = {}, code = 'export default { tools: {} };\n'): Record<string, string> {
  const manifest = { api: 1, name, version: '1.0.0', description: 'A plugin.', entry: 'plugin.mjs', tools: [], ...more };
  return { 'manifest.json': JSON.stringify(manifest), 'plugin.mjs': code, 'lib/part.mjs': 'export const part = 1;\n' };
}

/** What every PluginLibrary guarantees. */
export function pluginLibraryContract(harness: PluginLibraryHarness): void {
  describe(`${harness.name} as a plugin library`, () => {
    let subject: PluginLibrarySubject;
    let library: PluginLibrary;

    beforeEach(async () => {
      subject = await harness.create();
      library = subject.port;
    });

    afterEach(async () => subject.dispose?.());

    const install = async (name: string, more: JsonObject = {}): Promise<InstalledPlugin> => {
      const source = subject.offer('folder', name, pluginFiles(name, more));
      return library.install(source, (await library.inspect(source)).digest);
    };
    const failure = async (run: Promise<unknown>): Promise<unknown> =>
      run.then(
        () => undefined,
        (error: unknown) => error,
      );

    it('is empty at first', async () => {
      expect(await library.list()).to.deep.equal([]);
      expect(await library.bundled()).to.deep.equal([]);
      expect(await library.remove('weather' as PluginName)).to.equal(false);
    });

    it('shows the plugins that Pyra brings, sorted, without installing them', async () => {
      subject.offer('bundled', 'weather', pluginFiles('weather'));
      subject.offer('bundled', 'email', pluginFiles('email'));
      subject.offer('folder', 'own', pluginFiles('own'));
      const bundled = await library.bundled();
      expect(bundled.map(({ manifest }) => manifest.name)).to.deep.equal(['email', 'weather']);
      expect(bundled[0]?.source).to.deep.equal({ kind: 'bundled', name: 'email' });
      expect(await library.list()).to.deep.equal([]);
    });

    it('inspects with defaults, sizes and a digest that the files alone decide', async () => {
      const source = subject.offer('folder', 'weather', pluginFiles('weather'));
      const seen = await library.inspect(source);
      expect(seen.manifest).to.deep.include({ name: 'weather', secrets: [], accounts: false });
      expect(seen.digest).to.match(/^[0-9a-f]{64}$/);
      expect(seen.files.map(({ path }) => path)).to.deep.equal(['lib/part.mjs', 'manifest.json', 'plugin.mjs']);
      expect(seen.files[0]?.bytes).to.equal(23);
      expect((await library.inspect(source)).digest).to.equal(seen.digest);
      subject.offer('folder', 'weather', pluginFiles('weather', {}, 'other code'));
      expect((await library.inspect(source)).digest).not.to.equal(seen.digest);
    });

    it('says what is missing or wrong before it installs', async () => {
      const nowhere = subject.offer('folder', 'weather', pluginFiles('weather'));
      const missing = nowhere.kind === 'folder' ? { ...nowhere, path: `${nowhere.path}-nowhere` } : nowhere;
      expect(isPyraError(await failure(library.inspect(missing)), 'not-found')).to.equal(true);
      expect(isPyraError(await failure(library.inspect({ kind: 'bundled', name: '../weather' })), 'not-found')).to.equal(true);
      const bad = subject.offer('folder', 'bad', pluginFiles('bad', { tools: [{ name: 'x' }], colour: 1 }));
      const error = await failure(library.inspect(bad));
      expect(isPyraError(error, 'plugin/bad-manifest')).to.equal(true);
      expect((error as Error).message)
        .to.include('colour')
        .and.to.include('tools.0.effect');
      const later = subject.offer('folder', 'later', pluginFiles('later', { api: 2 }));
      expect(isPyraError(await failure(library.inspect(later)), 'plugin/incompatible')).to.equal(true);
      const hollow = subject.offer('folder', 'hollow', pluginFiles('hollow', { entry: 'other.js' }));
      expect((await failure(library.inspect(hollow))) as Error)
        .to.have.property('message')
        .that.includes('there is no other.js');
      const packed = subject.offer('folder', 'packed', { ...pluginFiles('packed'), 'node_modules/left/index.js': '' });
      expect((await failure(library.inspect(packed))) as Error)
        .to.have.property('message')
        .that.includes('ships built');
    });

    it('installs exactly what was inspected, and nothing else', async () => {
      const source = subject.offer('folder', 'weather', pluginFiles('weather'));
      const { digest } = await library.inspect(source);
      subject.offer('folder', 'weather', pluginFiles('weather', {}, 'other code'));
      expect(isPyraError(await failure(library.install(source, digest)), 'plugin/bad-manifest')).to.equal(true);
      expect(await library.list()).to.deep.equal([]);
      subject.offer('folder', 'weather', pluginFiles('weather'));
      const plugin = await library.install(source, digest);
      expect(plugin).to.deep.include({ source, digest });
      expect(plugin.dataFolder).to.equal(`${plugin.folder}/data`);
      expect(await library.list()).to.deep.equal([plugin]);
      expect(await library.faults(plugin)).to.deep.equal([]);
    });

    it('lists by name, in another process too', async () => {
      const [weather, email] = [await install('weather'), await install('email')];
      expect(await library.list()).to.deep.equal([email, weather]);
      if (subject.reopen !== undefined) expect(await (await subject.reopen()).list()).to.deep.equal([email, weather]);
    });

    it('names every file that is not the one that was accepted', async () => {
      const plugin = await install('weather');
      subject.tamper(plugin, 'plugin.mjs', 'export default { tools: { evil } };\n');
      subject.tamper(plugin, 'lib/part.mjs', undefined);
      subject.tamper(plugin, 'lib/new.mjs', '');
      expect(await library.faults(plugin)).to.deep.equal(['lib/new.mjs was added', 'lib/part.mjs is missing', 'plugin.mjs was changed']);
      expect((await library.list())[0]).to.have.property('digest', plugin.digest);
    });

    it('takes the files as accepted, with what they say of themselves, and lifts a block', async () => {
      const plugin = await install('weather');
      await library.mark(plugin.manifest.name, { blocked: 'it crashed' });
      subject.tamper(plugin, 'manifest.json', pluginFiles('weather', { version: '1.1.0' })['manifest.json']);
      const seen = await library.inspect({ kind: 'folder', path: plugin.folder });
      const accepted = await library.mark(plugin.manifest.name, { accepted: true });
      expect(accepted.digest).to.equal(seen.digest).and.not.equal(plugin.digest);
      expect(accepted.manifest.version).to.equal('1.1.0');
      expect(accepted).not.to.have.property('blocked');
      expect(await library.faults(accepted)).to.deep.equal([]);
      expect(await library.list()).to.deep.equal([accepted]);
    });

    it('accepts no manifest that is none, and no other name', async () => {
      const plugin = await install('weather');
      subject.tamper(plugin, 'manifest.json', pluginFiles('email')['manifest.json']);
      expect(isPyraError(await failure(library.mark(plugin.manifest.name, { accepted: true })), 'plugin/bad-manifest')).to.equal(true);
      subject.tamper(plugin, 'manifest.json', '{}');
      expect(isPyraError(await failure(library.mark(plugin.manifest.name, { accepted: true })), 'plugin/bad-manifest')).to.equal(true);
      expect(await library.list()).to.deep.equal([plugin]);
    });

    it('blocks with a reason until it is lifted, here and after a reopening', async () => {
      const plugin = await install('weather');
      const blocked = await library.mark(plugin.manifest.name, { blocked: 'it crashed three times' });
      expect(blocked.blocked).to.have.property('reason', 'it crashed three times');
      expect(await library.list()).to.deep.equal([blocked]);
      if (subject.reopen !== undefined) expect(await (await subject.reopen()).list()).to.deep.equal([blocked]);
      expect(await library.mark(plugin.manifest.name, { accepted: true })).to.deep.equal(plugin);
      expect(isPyraError(await failure(library.mark('nobody' as PluginName, { accepted: true })), 'not-found')).to.equal(true);
    });

    it('puts a new version in the place of the old one, keeps the answers, and lifts a block', async () => {
      const plugin = await install('weather');
      await subject.settings.save(plugin.manifest.name, { [MAIN_ACCOUNT]: { city: 'Bonn' } });
      await library.mark(plugin.manifest.name, { blocked: 'it crashed' });
      const next = await install('weather', { version: '2.0.0' });
      expect(next).not.to.have.property('blocked');
      expect(await library.list()).to.deep.equal([next]);
      expect(await library.faults(next)).to.deep.equal([]);
      expect(await subject.settings.load(plugin.manifest.name)).to.deep.equal({ [MAIN_ACCOUNT]: { city: 'Bonn' } });
    });

    it('removes a plugin with its answers, once', async () => {
      const plugin = await install('weather');
      await subject.settings.save(plugin.manifest.name, { [MAIN_ACCOUNT]: { city: 'Bonn' } });
      expect(await library.remove(plugin.manifest.name)).to.equal(true);
      expect(await library.list()).to.deep.equal([]);
      expect(await subject.settings.load(plugin.manifest.name)).to.deep.equal({});
      expect(await library.faults(plugin)).to.deep.equal(['it is not installed any more']);
      expect(await library.remove(plugin.manifest.name)).to.equal(false);
    });
  });
}
