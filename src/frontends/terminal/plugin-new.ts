import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import { isPluginName, parsePluginManifest } from '../../core/domain/parse-plugin-manifest.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { sdkTypes } from './plugin-sdk.js';
import { pluginTemplate } from './plugin-template.js';
import { visibleLine } from './visible-line.js';

/** `pyra plugin new NAME`: a folder with a plugin that works, and what to do next. */
export async function newPlugin(context: CommandContext, { words: [name = ''] }: ParsedArguments): Promise<ExitCode> {
  if (!isPluginName(name)) {
    throw new PyraError('usage', 'this is not a name for a plugin', {
      hint: 'a name has lower-case letters, digits and dashes, starts with a letter, and has at most 32 characters; the folder is made here',
    });
  }
  const folder = join(context.cwd, name);
  mustBeTaken(pluginTemplate(name, '')['manifest.json'] ?? '');
  const files = pluginTemplate(name, await sdkTypes());
  const next = [`pyra plugin test ./${name}`, `pyra plugin install ./${name}`, `pyra plugin enable ${name}`];
  if (!context.globals.dryRun) await writeFolder(folder, name, files);
  if (context.globals.json) {
    context.printJson({ folder, files: Object.keys(files), next, ...(context.globals.dryRun ? { dry_run: true } : {}) });
    return EXIT.ok;
  }
  context.say(`${context.globals.dryRun ? 'would write' : 'written'}: ${visibleLine(name)}/ with ${Object.keys(files).join(', ')}`);
  context.say('next:');
  for (const command of next) context.say(`  ${command}`);
  return EXIT.ok;
}

/** A name that Pyra keeps for itself makes no plugin. */
function mustBeTaken(manifest: string): void {
  try {
    parsePluginManifest(manifest);
  } catch (error) {
    if (!isPyraError(error)) throw error;
    throw new PyraError('usage', error.message, { hint: 'choose another name', cause: error });
  }
}

async function writeFolder(folder: string, name: string, files: Readonly<Record<string, string>>): Promise<void> {
  try {
    await mkdir(folder);
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text, { flag: 'wx' });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw new PyraError('usage', exists ? `${name} exists already here` : `${name} cannot be written here`, {
      hint: exists ? 'choose another name, or go to another folder' : 'go to a folder that you may write',
      cause,
    });
  }
}
