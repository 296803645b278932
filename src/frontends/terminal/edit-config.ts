import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '../../adapters/support/atomic-file.js';
import { homePaths } from '../../adapters/support/home-paths.js';
import { editInEditor, editorCommand } from '../../adapters/support/terminal/external-editor.js';
import { isPyraError, PyraError } from '../../core/domain/errors.js';
import type { CommandContext } from './command.js';

/** What a file is that nobody has written yet. */
const EMPTY = '# Settings of Pyra. pyra config get shows all of them with their defaults.\n';

/**
 * Lets the person edit a copy of `config.yaml` and puts it in place once it is valid; true when it was replaced. A broken copy is shown
 * again for as long as the person wants. Throws `usage` where there is no editor, `settings/invalid` where a broken copy was given up.
 */
export async function editConfig(context: CommandContext): Promise<boolean> {
  if (!context.interactive) {
    throw new PyraError('usage', 'an editor needs a terminal', { hint: 'pyra config set KEY VALUE needs none' });
  }
  const command = editorCommand(context.env);
  if (command === undefined) {
    throw new PyraError('usage', 'no editor is chosen', {
      hint: 'set VISUAL or EDITOR, such as EDITOR=nano; or pyra config set KEY VALUE',
    });
  }
  const path = homePaths(context.home).config;
  const old = textOf(path);
  for (let text = old ?? EMPTY; ; ) {
    const edited = await editInEditor(command, text, 'config.yaml');
    if (edited === undefined)
      throw new PyraError('usage', 'the editor could not be started or failed', { hint: 'check VISUAL and EDITOR' });
    if (edited === (old ?? EMPTY)) return false;
    const fault = await faultOf(context, edited);
    if (fault === undefined) {
      if (textOf(path) !== old) {
        throw new PyraError('home/locked', 'config.yaml was changed by another program meanwhile', { hint: 'run pyra config edit again' });
      }
      await writeFileAtomic(path, edited, 0o600);
      return true;
    }
    context.say(`${fault.message}${fault.hint === undefined ? '' : `\nhint: ${fault.hint}`}`);
    const again = await (await context.openPrompter()).confirm({ message: 'edit it again?', flag: 'config set', initial: true });
    if (!again) throw fault;
    text = edited;
  }
}

/** What is wrong with a text as settings. */
async function faultOf(context: CommandContext, text: string): Promise<PyraError | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'pyra-config-'));
  try {
    chmodSync(folder, 0o700);
    writeFileSync(homePaths(folder).config, text, { mode: 0o600, flag: 'wx' });
    const { settings } = await context.openFoundation({ home: folder });
    await settings.load();
    return undefined;
  } catch (error) {
    if (isPyraError(error)) return error;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new PyraError('home/unwritable', 'config.yaml cannot be read', { cause: error });
  }
}
