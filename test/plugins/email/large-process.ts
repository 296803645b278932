import type { PluginContext } from 'pyra/plugin';
import plugin from '../../../plugins/email/plugin.js';
import { dovecotContext } from './email-context.js';

// A process of its own, since the most memory that a process has used is counted over its whole life. Arguments: the server, the calls.
const [server = '', calls = ''] = process.argv.slice(2);
const context: PluginContext = dovecotContext(JSON.parse(server));
for (const [name, args] of JSON.parse(calls) as readonly (readonly [string, object])[]) {
  const answer = await plugin.tools[name]?.(args, context);
  if (typeof answer !== 'object' || answer.text === '') throw new Error(`${name} answered nothing`);
}
process.stdout.write(JSON.stringify({ dataDir: context.dataDir, megabytes: process.resourceUsage().maxRSS / 1024 }));
process.exit(0);
