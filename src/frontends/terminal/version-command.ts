import type { Command } from './command.js';
import { EXIT } from './exit-codes.js';

/** `pyra version`. */
export const commands: readonly Command[] = [
  {
    noun: 'version',
    summary: 'show the version of Pyra, and of the Node.js that it runs on',
    examples: ['pyra version', 'pyra version --json'],
    async run(context) {
      const node = process.versions.node;
      if (context.globals.json) context.printJson({ version: context.version, node });
      else context.print(`pyra ${context.version} (Node.js ${node})`);
      return EXIT.ok;
    },
  },
];
