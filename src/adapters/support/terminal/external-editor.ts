import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The person's editor and its arguments from `VISUAL` or `EDITOR`; `undefined` when neither says. */
export function editorCommand(environment: Readonly<Record<string, string | undefined>>): readonly string[] | undefined {
  const command = (environment.VISUAL || environment.EDITOR || '').trim();
  return command === '' ? undefined : command.split(/\s+/);
}

/**
 * Lets the person edit a text in an editor, in a file that only they can read and that is removed afterwards. `undefined` when the editor
 * could not be started or failed. The terminal must be lent to it for that time.
 */
export async function editInEditor(command: readonly string[], text: string, fileName: string): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'pyra-edit-'));
  try {
    await chmod(folder, 0o700);
    const file = join(folder, fileName);
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
    const [program = '', ...args] = command;
    const ended = await new Promise<boolean>((resolve) => {
      const child = spawn(program, [...args, file], { stdio: 'inherit' });
      child.once('error', () => resolve(false));
      child.once('exit', (code) => resolve(code === 0));
    });
    return ended ? await readFile(file, 'utf8') : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
