import { PyraError } from '../../core/domain/errors.js';
import type { McpServerStatus, McpToolStatus } from '../../core/domain/mcp-inspection.js';
import type { McpServer, McpToolClass } from '../../core/domain/mcp-server.js';
import { TOOL_EFFECTS, type ToolEffect } from '../../core/domain/tool.js';
import { givenStart } from './mcp-given.js';
import { nearest } from './nearest.js';

/** What the words behind `pyra mcp set NAME` say. */
export interface GivenClasses {
  /** By verb. */
  readonly classes: Readonly<Record<string, McpToolClass>>;
  readonly start: McpServer['start'] | undefined;
}

const FORM = 'pyra mcp set NAME TOOL=read|egress|write|destructive… [approval=none] [destinations=to,cc] [start=first-use|startup]';

/** Reads `TOOL=EFFECT…`, `approval=`, `destinations=` and `start=`. Throws `usage`, and `not-found` with the nearest tool. */
export function givenClasses(status: McpServerStatus, words: readonly string[]): GivenClasses {
  const options = new Map<string, string>();
  const effects = new Map<string, ToolEffect>();
  for (const word of words) {
    const at = word.lastIndexOf('=');
    const [key, value] = [word.slice(0, Math.max(0, at)), word.slice(at + 1)];
    if (at < 1)
      throw new PyraError('usage', 'each word behind the name is TOOL=EFFECT, or approval=, destinations= or start=', { hint: FORM });
    if (isOption(key) && !isTool(status, key, value)) {
      if (options.has(key)) throw new PyraError('usage', `${key} is given twice`);
      options.set(key, value);
      continue;
    }
    const { verb } = toolNamed(status, key);
    const effect = givenEffect(key, value);
    if (effects.has(verb) && effects.get(verb) !== effect)
      throw new PyraError('usage', `${verb} cannot be both ${effects.get(verb)} and ${effect}`);
    effects.set(verb, effect);
  }
  const start = givenStart(options.get('start'));
  return { classes: classesOf([...effects], options), start };
}

function classesOf(effects: readonly (readonly [string, ToolEffect])[], options: ReadonlyMap<string, string>): GivenClasses['classes'] {
  const approval = givenApproval(options.get('approval'));
  const destinations = (options.get('destinations') ?? '').split(',').map((path) => path.trim());
  for (const option of ['approval', 'destinations']) {
    if (options.has(option) && effects.length === 0) {
      throw new PyraError('usage', `${option}= says something of tools, and none is named`, { hint: FORM });
    }
  }
  if (options.has('destinations') && destinations.includes('')) {
    throw new PyraError('usage', 'destinations= names the arguments that say where bytes go', { hint: 'such as: destinations=to,cc' });
  }
  const asking = effects.find(([, effect]) => effect !== 'read');
  if (approval === 'none' && asking !== undefined) {
    throw new PyraError('usage', `approval=none is for tools that read, and ${asking[0]} would be ${asking[1]}: it asks each time`, {
      hint: 'set the tools that read in a command of their own',
    });
  }
  if (options.has('destinations') && effects.some(([, effect]) => effect === 'read')) {
    throw new PyraError('usage', 'destinations= is for tools that send something away: egress, write or destructive', {
      hint: 'set the tools that read in a command of their own',
    });
  }
  const named = options.has('destinations') ? destinations : [];
  return Object.fromEntries(effects.map(([verb, effect]) => [verb, { effect, approval, destinations: named }]));
}

function isOption(key: string): boolean {
  return key === 'approval' || key === 'destinations' || key === 'start';
}

/** Whether a word that could be an option names a tool: a server may call one `start`. */
function isTool({ tools }: McpServerStatus, key: string, value: string): boolean {
  return (TOOL_EFFECTS as readonly string[]).includes(value) && tools.some(({ verb }) => verb === key);
}

function givenApproval(text: string | undefined): McpToolClass['approval'] {
  if (text === undefined || text === 'ask' || text === 'none') return text ?? 'ask';
  throw new PyraError('usage', 'approval is ask or none');
}

function givenEffect(tool: string, text: string): ToolEffect {
  const effect = TOOL_EFFECTS.find((one) => one === text);
  if (effect !== undefined) return effect;
  const near = nearest(text, TOOL_EFFECTS);
  throw new PyraError('usage', `the effect of ${shown(tool)} is one of: ${TOOL_EFFECTS.join(', ')}`, {
    ...(near === undefined ? {} : { hint: `did you mean: ${shown(tool)}=${near}` }),
  });
}

/** A tool by its verb, its whole name or its server's own name for it. */
function toolNamed({ server, tools, state }: McpServerStatus, word: string): McpToolStatus {
  const found = tools.find(({ verb, name }) => verb === word || name === word) ?? tools.find(({ tool }) => tool.name === word);
  if (found !== undefined) return found;
  if (state === 'not seen') {
    throw new PyraError('usage', `nobody has looked at the tools of ${server.name} yet`, {
      hint: `look first: pyra mcp set ${server.name}`,
    });
  }
  const names = tools.map(({ verb }) => verb);
  const near = nearest(word.replace(`${server.name}.`, ''), names);
  throw new PyraError('not-found', `${server.name} has no tool ${shown(word)}`, {
    hint: near !== undefined ? `did you mean: ${near}` : `pyra mcp list ${server.name} shows all`,
  });
}

/** A pasted text in the place of a name is not repeated. */
function shown(word: string): string {
  return /^[\w./-]{1,64}$/.test(word) ? word : 'of that name';
}
