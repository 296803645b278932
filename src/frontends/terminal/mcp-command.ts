import type { Command } from './command.js';
import { addServer } from './mcp-add.js';
import { listServers } from './mcp-list.js';
import { serverNames, settableWords } from './mcp-names.js';
import { removeServer } from './mcp-remove.js';
import { setServer } from './mcp-set.js';

/** `pyra mcp …`: servers of tools that others wrote, behind the same gate. */
export const commands: readonly Command[] = [
  {
    noun: 'mcp',
    verb: 'add',
    summary: 'add an MCP server: a program on this machine, or an address',
    words: '<name>',
    rest: 'COMMAND ARG…',
    flags: [
      { name: 'env', value: 'KEY=VALUE', repeat: true, summary: 'a variable for the program; KEY=secret:NAME takes it from the vault' },
      { name: 'read', value: 'DIR', repeat: true, summary: 'a folder that the program may read' },
      { name: 'write', value: 'DIR', repeat: true, summary: 'a folder that the program may read and change' },
      { name: 'net', value: 'HOST:PORT', repeat: true, summary: 'what the program may connect to; *.example.org:443 for all below' },
      { name: 'url', value: 'URL', summary: 'the address of a server: https, or http on this machine' },
      { name: 'header', value: 'KEY=VALUE', repeat: true, summary: 'a header for the address: "Authorization=Bearer secret:NAME"' },
      { name: 'start', value: 'WHEN', summary: 'first-use (with the first call), or startup (as soon as a chat begins)' },
      { name: 'no-check', summary: 'do not start it now; its tools are offered once you have looked: pyra mcp set NAME' },
    ],
    examples: [
      'pyra mcp add files --read ~/notes --net registry.npmjs.org:443 -- npx -y @modelcontextprotocol/server-filesystem ~/notes',
      'pyra mcp add clock --read ~/clock -- python3 ~/clock/server.py',
      'pyra mcp add board --url https://mcp.example.org/mcp --header "Authorization=Bearer secret:board-token"',
    ],
    details: `It shows what would be started and what that may reach, and asks; the default is no. --yes agrees, --dry-run only shows it.
Without a terminal --yes is needed. Then it is started once and its tools are shown: each of them asks you every time, until
\`pyra mcp set\` says what it can do. A program gets no folder, host or variable that is not named here. A secret never stands on
the command line: pyra vault set NAME, then secret:NAME. See docs/mcp.md.`,
    run: addServer,
  },
  {
    noun: 'mcp',
    verb: 'list',
    summary: 'list the MCP servers, or show everything about one',
    words: '[name]',
    examples: ['pyra mcp list', 'pyra mcp list files', 'pyra mcp list --json'],
    details: 'Nothing is started for it: it shows what was seen when you last looked.',
    run: listServers,
    complete: serverNames,
  },
  {
    noun: 'mcp',
    verb: 'set',
    summary: 'say what the tools of a server can do; with the name alone: look at it again',
    words: '<name> [...tool=effect]',
    examples: [
      'pyra mcp set files',
      'pyra mcp set files read_file=read list_directory=read approval=none',
      'pyra mcp set mail send=egress destinations=to,cc',
      'pyra mcp set files start=startup',
    ],
    details: `The effects: read (looks something up), egress (sends what the assistant writes to others), write (makes or changes
things), destructive (removes or replaces things; what holds until you say otherwise). approval=none lets tools that read run without
asking. destinations= names the arguments of an egress tool that say where it sends to; without it all of them count.
With the name alone it starts the server, shows what is not as you saw it, and asks whether to accept that; so it does for a server
that was blocked because it crashed too often.`,
    run: setServer,
    complete: serverNames,
    completeMore: settableWords,
  },
  {
    noun: 'mcp',
    verb: 'remove',
    summary: 'remove an MCP server with everything in its own folder; secrets stay in the vault',
    words: '<name>',
    examples: ['pyra mcp remove files', 'pyra mcp remove files --yes'],
    run: removeServer,
    complete: serverNames,
  },
];
