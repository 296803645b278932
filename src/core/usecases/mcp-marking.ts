import type { McpServerName } from '../domain/mcp-server.js';
import { comparedRecord, type ListedMcpTools, type McpChanges } from './mcp-comparison.js';
import type { McpPorts } from './mcp-ports.js';
import { recordSecurityEvent } from './record-security-event.js';

/** Compares what a running server lists with its record as it is now, marks there what differs, and writes down what was not known yet. */
export async function markChanges(
  ports: Pick<McpPorts, 'records' | 'audit' | 'system'>,
  name: McpServerName,
  listed: ListedMcpTools,
  { personLooks = false }: { readonly personLooks?: boolean } = {},
): Promise<void> {
  const records = await ports.records();
  const options = { digestOf: (text: string) => ports.system.digest(text), personLooks };
  // Most listings bring nothing new, and then nothing has to be stored.
  if (comparedRecord(await records.load(name), listed, options) === undefined) return;
  let changes: McpChanges | undefined;
  await records.update(name, (now) => {
    const compared = comparedRecord(now, listed, options);
    changes = compared?.changes;
    return compared?.record ?? now;
  });
  if (changes !== undefined) await recordChanges(ports, name, changes);
}

async function recordChanges(
  ports: Pick<McpPorts, 'audit' | 'system'>,
  server: McpServerName,
  { changed, gone, unseen }: McpChanges,
): Promise<void> {
  if (changed.length + gone.length + unseen.length === 0) return;
  await recordSecurityEvent(ports, 'mcp-changed', {
    server,
    ...(changed.length === 0 ? {} : { changed: changed.map(({ verb, before, now }) => ({ tool: verb, before, now })) }),
    ...(gone.length === 0 ? {} : { gone }),
    ...(unseen.length === 0 ? {} : { unseen: unseen.map(({ verb, digest }) => ({ tool: verb, digest })) }),
  });
}
