import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './command.js';
import { EXIT } from './exit-codes.js';

/** `pyra start`: what a person who knows nothing yet should see. */
export const commands: readonly Command[] = [
  {
    noun: 'start',
    summary: 'chat; the first time setup, or the demo where there is no terminal',
    examples: ['pyra start', 'npm start'],
    async run(context) {
      const configured = (): boolean => existsSync(join(context.home, 'config.yaml'));
      if (configured()) return context.runCommand(['chat']);
      if (!context.interactive) return context.runCommand(['demo']);
      const code = await context.runCommand(['setup']);
      return code === EXIT.ok && configured() ? context.runCommand(['chat']) : code;
    },
  },
];
