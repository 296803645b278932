import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoopbackServer } from '../../adapters/support/loopback-server.js';
import type { SecretName } from '../../core/domain/identifiers.js';
import { Secret } from '../../core/domain/secret.js';
import type { Command, CommandContext, ParsedArguments } from './command.js';
import { DEMO_MODEL, startDemoServer } from './demo-server.js';
import { DemoTour } from './demo-tour.js';
import type { ExitCode } from './exit-codes.js';

const PROVIDER = 'openai-compatible';
/** Milliseconds between two words of the scripted model, where somebody reads along. */
const READING_PACE = 30;

/** `pyra demo`: a tour that needs no model, no key and no network. */
export const commands: readonly Command[] = [
  {
    noun: 'demo',
    summary: 'a short tour with a scripted model; needs no network and leaves nothing behind',
    flags: [{ name: 'auto', summary: 'answer the approval card by itself' }],
    examples: ['pyra demo', 'pyra demo --auto'],
    details: 'It runs in a home of its own that is removed at the end. Only the model’s sentences are scripted.',
    run: demo,
  },
];

async function demo(context: CommandContext, args: ParsedArguments): Promise<ExitCode> {
  const watched = context.interactive && !args.has('auto') && !context.globals.json;
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'pyra-demo-'));
  const key = new Secret(`demo-${randomBytes(24).toString('base64url')}`);
  let server: LoopbackServer | undefined;
  const leave = (): void => rmSync(home, { recursive: true, force: true });
  process.once('exit', leave);
  try {
    server = await startDemoServer(key, watched ? READING_PACE : 0);
    await configure(context, home, `${server.url}/v1`);
    const pyra = await context.openPyra({ home });
    const tour = new DemoTour(context, pyra, watched);
    tour.welcome();
    await pyra.vault.create(new Secret(randomBytes(24).toString('base64url')));
    await pyra.vault.set(PROVIDER as SecretName, key);
    const code = await tour.run();
    await pyra.close();
    return code;
  } finally {
    await server?.close();
    leave();
    process.off('exit', leave);
  }
}

/** Settings for a home in which only the scripted model exists. */
async function configure(context: CommandContext, home: string, url: string): Promise<void> {
  const foundation = await context.openFoundation({ home });
  await foundation.home.prepare();
  const settings = await foundation.settings.load();
  await foundation.settings.save({ ...settings, ai: { ...settings.ai, provider_id: PROVIDER, model: DEMO_MODEL, base_url: url } });
}
