import type { JsonObject } from '../../core/domain/json.js';
import type { PluginState } from '../../core/domain/plugin.js';
import { columnsText } from './columns-text.js';
import type { CommandContext } from './command.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { openShelf } from './open-shelf.js';
import { visibleLine } from './visible-line.js';

/** One row of the list. */
interface Row {
  readonly name: string;
  readonly version: string;
  readonly state: PluginState | 'not installed';
  readonly description: string;
  readonly faults: readonly string[];
  readonly accounts: readonly string[];
  readonly bundled: boolean;
}

/** `pyra plugin list`: what is installed, in which state, and what comes with Pyra besides. */
export async function listPlugins(context: CommandContext): Promise<ExitCode> {
  const shelf = await openShelf(context);
  const [installed, brought] = [await shelf.list(), await shelf.bundled()];
  const rows: readonly Row[] = [
    ...installed.map(({ name, state, plugin, faults, accounts }) => ({
      name,
      version: plugin.manifest.version,
      state,
      description: plugin.manifest.description,
      faults,
      accounts,
      bundled: plugin.source.kind === 'bundled',
    })),
    ...brought
      .filter(({ manifest }) => !installed.some(({ name }) => name === manifest.name))
      .map(({ manifest: { name, version, description } }) => ({
        name,
        version,
        state: 'not installed' as const,
        description,
        faults: [],
        accounts: [],
        bundled: true,
      })),
  ];
  if (context.globals.json) {
    context.printJson({ plugins: rows.map((row): JsonObject => ({ ...row })) });
    return EXIT.ok;
  }
  if (rows.length === 0)
    context.say('there are no plugins; to install one: pyra plugin install ./FOLDER, to write one: pyra plugin new NAME');
  else context.print(listText(context, rows));
  return EXIT.ok;
}

function listText(context: CommandContext, rows: readonly Row[]): string {
  const paint = context.paint('stdout');
  const painted = { enabled: paint.green, 'not installed': paint.dim, disabled: paint.dim, 'needs setup': paint.yellow } as const;
  const text = columnsText(
    rows.map(({ name, version, state, description }) => [
      paint.bold(visibleLine(name)),
      visibleLine(version),
      (state in painted ? painted[state as keyof typeof painted] : paint.red)(state),
      visibleLine(description),
    ]),
  ).split('\n');
  return rows
    .flatMap(({ faults }, index) => [text[index] ?? '', ...faults.map((fault) => `  ${paint.yellow(visibleLine(fault))}`)])
    .join('\n');
}
