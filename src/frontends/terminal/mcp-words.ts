import type { McpHints, McpServer, McpToolClass, McpValue } from '../../core/domain/mcp-server.js';
import { mcpValueText } from '../../core/domain/mcp-value.js';
import type { SandboxTier } from '../../core/domain/plugin.js';
import { visibleLine } from './visible-line.js';

/** How strictly this machine keeps in a server that is a program: one word, and what that means. */
export function confinementWords({ tier, reason }: SandboxTier): readonly [string, string] {
  if (tier === 'bwrap') {
    return ['bwrap', 'it sees its own folder, the programs of the system and what is listed; the network is closed but for what is listed'];
  }
  const why = reason === '' ? '' : ` (${visibleLine(reason)})`;
  return [
    'nothing',
    `it is NOT kept in${why}: it runs with all of your rights, and every file, program and address of yours is within its reach`,
  ];
}

/** What helps where servers are not kept in; `undefined` on a machine that has nothing for it. */
export const CONFINEMENT_FIX =
  process.platform === 'linux' ? 'install bubblewrap, where this machine allows it: apt install bubblewrap' : undefined;

/** What a server claims of a tool, in words that keep it a claim. */
export function hintWords({ readOnly, destructive, openWorld }: McpHints): string {
  const effect =
    readOnly === true
      ? 'says it only reads'
      : destructive === true
        ? 'says it may destroy'
        : destructive === false || readOnly === false
          ? `says it changes things${destructive === false ? ' and destroys nothing' : ''}`
          : 'does not say what it changes';
  return openWorld === true ? `${effect}, and reaches others` : effect;
}

/** What the person said of a tool, or what holds until then. */
export function classWords({ effect, approval, destinations }: McpToolClass, classified: boolean): string {
  const asks = approval === 'none' ? 'runs without asking' : 'asks you each time';
  const whereto = effect === 'egress' && destinations.length > 0 ? ` (to: ${destinations.map(visibleLine).join(', ')})` : '';
  return classified ? `${effect}${whereto}, ${asks}` : `destructive until you say otherwise, ${asks}`;
}

/** How a server is reached, in one line. */
export function reachLine({ reach }: Pick<McpServer, 'reach'>): string {
  if (reach.kind === 'address') return visibleLine(reach.url);
  return [reach.command, ...reach.args].map(shellWord).join(' ');
}

/** What happens when to have a server at hand. */
export function startingWords({ reach, start }: Pick<McpServer, 'reach' | 'start'>): readonly [what: string, when: string] {
  const when = start === 'startup' ? 'as soon as a chat begins' : 'with the first call of one of its tools';
  return [reach.kind === 'program' ? 'started' : 'connected', when];
}

/** One word of a command, so that its ends show: in single quotes where it is empty or not of plain letters. */
export function shellWord(word: string): string {
  const shown = visibleLine(word);
  return /^[\w@%+=:,./~*-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", String.raw`'\''`)}'`;
}

/** A value of a variable or header: as text, or the secret by its name. */
export function valueWords(value: McpValue): string {
  if (value.secret === undefined) return visibleLine(mcpValueText(value));
  return `${value.text === '' ? '' : `${visibleLine(value.text)}and `}the secret ${visibleLine(value.secret)} of the vault`;
}

/** `host:port` as it reads. */
export function netWords(rule: string): string {
  const at = rule.lastIndexOf(':');
  const host = rule.slice(0, at);
  return `${host.startsWith('*.') ? `every host that ends in ${visibleLine(host.slice(1))}` : visibleLine(host)} port ${visibleLine(rule.slice(at + 1))}`;
}
