// A process for tests of the library: installs versions of a plugin for good, each with other files, now and then removes it, and prints
// each step that is confirmed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FsPluginLibrary } from '../../src/adapters/plugins/fs-plugin-library.js';
import { plainJavaScript } from '../../src/adapters/plugins/plain-javascript.js';
import { instantOf } from '../../src/core/domain/identifiers.js';
import type { PluginName } from '../../src/core/domain/plugin-manifest.js';

const [root = '', run = '0'] = process.argv.slice(2);
const library = new FsPluginLibrary({
  plugins: join(root, 'plugins'),
  state: join(root, 'state', 'plugins'),
  bundled: join(root, 'bundled'),
  now: () => instantOf(0),
  strip: async () => plainJavaScript,
});
const folder = join(root, `source-${run}`);
mkdirSync(folder, { recursive: true });
process.stdout.write('ready\n');
for (let round = 0; ; round += 1) {
  const version = `${run}.${round}.0`;
  const manifest = { api: 1, name: 'weather', version, description: 'x', entry: 'plugin.mjs', tools: [] };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'plugin.mjs'), `export const version = '${version}';${'//\n'.repeat(20_000)}`);
  writeFileSync(join(folder, `only-${round % 3}.mjs`), version);
  const source = { kind: 'folder', path: folder } as const;
  await library.install(source, (await library.inspect(source)).digest);
  process.stdout.write(`${version}\n`);
  if (round % 10 === 9) await library.remove('weather' as PluginName);
}
