import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { grantedFolder } from '../../adapters/support/sandbox/granted-folder.js';
import { PyraError } from '../../core/domain/errors.js';
import type { McpServer } from '../../core/domain/mcp-server.js';
import { isMcpServerName } from '../../core/domain/mcp-server-name.js';
import { mcpServersOf } from '../../core/domain/mcp-settings.js';
import { isOwnName } from '../../core/domain/own-names.js';
import type { McpServerSettings } from '../../core/domain/settings.js';
import { attachmentPath } from './attachment-path.js';
import type { CommandContext, ParsedArguments } from './command.js';
import { givenPairs } from './mcp-pairs.js';
import { givenProgram } from './mcp-program.js';
import { visibleLine } from './visible-line.js';

const OF_PROGRAMS = ['env', 'read', 'write', 'net'] as const;

/** The server that the line of `pyra mcp add` describes; nothing of it is configured, started or asked. Throws `usage` and `not-found`. */
export async function givenServer(context: CommandContext, args: ParsedArguments): Promise<McpServer> {
  const [name = ''] = args.words;
  if (!isMcpServerName(name)) {
    throw new PyraError(
      'usage',
      'the name of a server is a short word for you and the model: small letters, digits and dashes, a letter first',
      {
        hint: 'such as: pyra mcp add notes …',
      },
    );
  }
  if (isOwnName(name)) {
    throw new PyraError('usage', `the name ${name} is taken by Pyra itself`, { hint: 'give the server another name' });
  }
  const start = givenStart(args.value('start'));
  const reach = args.has('url') ? addressSettings(args, name) : await programSettings(context, args, name);
  const given: McpServerSettings = { ...reach, ...(start === undefined ? {} : { start }) };
  const { servers, faults } = mcpServersOf({ [name]: given });
  const [server] = servers;
  if (server !== undefined && faults.length === 0) return server;
  const [fault] = faults;
  const where = flagOf(fault?.path ?? []);
  throw new PyraError('usage', `${where}${sentenceOf(fault?.sentence)}`, {
    hint: portHint(fault?.path ?? [], reach) ?? 'see pyra mcp add --help, and docs/mcp.md',
  });
}

/** What is probably meant by a host without its port, or by an address in the place of a host. */
function portHint([, key, index]: readonly string[], { net = [] }: McpServerSettings): string | undefined {
  const [, scheme, host, port] = /^(https?:\/\/)?([\w.-]+)(:\d+)?(?:\/.*)?$/.exec(net[Number(index)] ?? '') ?? [];
  if (key !== 'net' || host === undefined || (scheme === undefined && port !== undefined)) return undefined;
  return `with its port, such as --net ${host}${port ?? (scheme === 'http://' ? ':80' : ':443')}`;
}

/** When a server is started, from what was written. Throws `usage`. */
export function givenStart(text: string | undefined): McpServer['start'] | undefined {
  if (text === undefined || text === 'first-use' || text === 'startup') return text;
  throw new PyraError('usage', 'a server is started with its first call or with Pyra', { hint: 'start is first-use or startup' });
}

function addressSettings(args: ParsedArguments, name: string): McpServerSettings {
  if (args.rest.length > 0) {
    throw new PyraError('usage', 'a server is a program or an address, and not both', {
      hint: `pyra mcp add ${name} -- COMMAND ARG…, or pyra mcp add ${name} --url URL`,
    });
  }
  for (const flag of OF_PROGRAMS) {
    if (!args.has(flag)) continue;
    throw new PyraError('usage', `--${flag} is for a server that is a program, and --url names one that runs elsewhere`, {
      hint:
        flag === 'env' ? 'what it has to be sent goes into a header: --header "Authorization=Bearer secret:NAME"' : `leave --${flag} out`,
    });
  }
  const headers = givenPairs(args, 'header', name);
  return { url: args.value('url') ?? '', ...(Object.keys(headers).length === 0 ? {} : { headers }) };
}

async function programSettings(context: CommandContext, args: ParsedArguments, name: string): Promise<McpServerSettings> {
  if (args.has('header')) {
    throw new PyraError('usage', '--header is for a server with an address, and this one is a program', {
      hint: 'what it has to know goes into a variable: --env KEY=secret:NAME',
    });
  }
  if (args.rest.length === 0) {
    throw new PyraError('usage', 'what is to be started is missing: it stands behind --, with its arguments', {
      hint: `pyra mcp add ${name} -- COMMAND ARG…, or for a server on the network: pyra mcp add ${name} --url URL`,
    });
  }
  const { command, args: words } = givenProgram(context, args.rest, name);
  const env = givenPairs(args, 'env', name);
  const [read, write] = [await folders(context, args, 'read'), await folders(context, args, 'write')];
  const net = [...new Set(args.values('net'))];
  return {
    command,
    ...(words.length === 0 ? {} : { args: words }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    // What may be written may be read.
    ...(read.length === 0 ? {} : { read: read.filter((folder) => !write.includes(folder)) }),
    ...(write.length === 0 ? {} : { write }),
    ...(net.length === 0 ? {} : { net }),
  };
}

/** The granted folders as they really are. */
async function folders(context: CommandContext, args: ParsedArguments, flag: 'read' | 'write'): Promise<readonly string[]> {
  const found = await Promise.all(
    args.values(flag).map(async (text) => {
      const path = attachmentPath(text, context.cwd);
      const granted = await grantedFolder(path, { home: context.home, person: homedir() });
      if (typeof granted === 'string') {
        const hint = granted.includes('never granted')
          ? 'name only the folder that the server needs, and nothing of Pyra itself'
          : 'name a folder that is there';
        throw new PyraError('usage', `--${flag}: ${granted}`, { hint });
      }
      if (!(await stat(granted.real)).isDirectory()) {
        throw new PyraError('usage', `--${flag}: ${path} is no folder`, { hint: 'name the folder that it lies in' });
      }
      return granted.real;
    }),
  );
  return [...new Set(found)];
}

/** What was found instead is what the person has just written. */
function sentenceOf(sentence = 'this describes no server'): string {
  return sentence.replace(/, found [^,;]*$/, '');
}

function flagOf([, key, name]: readonly string[]): string {
  if (key === undefined) return '';
  if (key === 'command' || key === 'args') return 'the command ';
  if (key === 'headers' || key === 'env') return `--${key === 'env' ? key : 'header'}${name === undefined ? '' : ` ${visibleLine(name)}`} `;
  return `--${key}: `;
}
