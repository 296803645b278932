import { join } from 'node:path';
import { build } from 'esbuild';
import { PROJECT } from './source-files.js';

/** A script, in CommonJS, that runs with the network of a plugin; it and the packages it needs are bundled into one file. */
export async function networkedScript(script: string): Promise<string> {
  const contents = `
    import { installNetwork } from './src/adapters/plugins/child-network.js';
    import { BROKERED } from './src/adapters/support/sandbox/broker-channel.js';
    installNetwork({ brokered: process.argv.includes(BROKERED) });
    const print = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
    const told = (error) => ({ code: error.code ?? error.cause?.code, message: error.code ? error.message : (error.cause?.message ?? error.message) });
    (async () => { ${script} })().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
  `;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: PROJECT, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    logLevel: 'error',
    nodePaths: [join(PROJECT, 'node_modules')],
  });
  return outputFiles[0]?.text ?? '';
}
