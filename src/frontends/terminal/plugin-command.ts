import type { Command } from './command.js';
import { newPlugin } from './plugin-new.js';

/** `pyra plugin …`: what the assistant can do in the world, and what it may reach for that. */
export const commands: readonly Command[] = [
  {
    noun: 'plugin',
    verb: 'new',
    summary: 'write a new plugin that works, for you to change',
    words: '<name>',
    examples: ['pyra plugin new garden'],
    details: 'Makes a folder of that name here: manifest, code in TypeScript, a test that passes. See docs/plugins.md.',
    run: newPlugin,
  },
];
