import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { FsAuditLog } from '../../src/adapters/filesystem/fs-audit-log.js';
import { FsConversationStore } from '../../src/adapters/filesystem/fs-conversation-store.js';
import { FsMcpRecords } from '../../src/adapters/filesystem/fs-mcp-records.js';
import { PyraHome } from '../../src/adapters/filesystem/pyra-home.js';
import { writeFileAtomic } from '../../src/adapters/support/atomic-file.js';
import { homePaths } from '../../src/adapters/support/home-paths.js';
import type { McpServerName } from '../../src/core/domain/mcp-server.js';
import { CHANGED_SETTINGS } from '../contract/settings-store.contract.js';
import { conversationOf, momentOf, userMessage } from './messages.js';
import { sampleSeenTool } from './sample-mcp-tool.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';
import { homeSettingsStore } from './yaml-settings-store.js';

/** What writing every kind of state file under bad conditions came to. */
export interface StateFileFaults {
  readonly tried: number;
  readonly faults: readonly string[];
}

/**
 * Writes each kind of state file under umask 000 and 022, over an existing 0644 file and over a planted symbolic link, and looks whether its
 * mode is right, and whether the link's target was left alone.
 */
export async function stateFileFaults(): Promise<StateFileFaults> {
  const faults: string[] = [];
  let tried = 0;
  for (const umask of [0o000, 0o022]) {
    for (const before of ['nothing', 'a 0644 file', 'a symbolic link'] as const) {
      for (const [index] of writers('').entries()) {
        tried += 1;
        faults.push(...(await faultsOf(umask, before, index)));
      }
    }
  }
  return { tried, faults };
}

interface Writer {
  readonly path: string;
  readonly write: () => Promise<void>;
  /** A fitting content, so that the write has something to go on from. */
  readonly content: string;
}

function writers(root: string): readonly Writer[] {
  const paths = homePaths(root);
  const log = new FsAuditLog(root);
  const entry = { event: 'test', at: momentOf(0), detail: {} } as const;
  const security = (): Promise<void> => log.append({ ...entry, log: 'security' });
  return [
    { path: paths.config, content: 'ai: {}\n', write: () => homeSettingsStore(root).save(CHANGED_SETTINGS) },
    {
      path: join(paths.conversations, 'talk.jsonl'),
      content: '',
      write: () => new FsConversationStore(paths.conversations).append(conversationOf('talk'), [userMessage('x')]),
    },
    { path: paths.securityLog, content: '', write: security },
    { path: paths.toolExecutionsLog, content: '', write: () => log.append({ ...entry, log: 'tool_executions' }) },
    { path: paths.logsHead, content: '{}', write: security },
    {
      path: join(paths.mcpState, 'issues.json'),
      content: '{"seen":[],"unseen":[]}',
      write: async () => {
        await new FsMcpRecords(root).update('issues' as McpServerName, () => ({ seen: [sampleSeenTool()], unseen: [] }));
      },
    },
    { path: join(paths.state, 'value'), content: 'old', write: () => writeFileAtomic(join(paths.state, 'value'), 'new', 0o600) },
  ];
}

async function faultsOf(umask: number, before: 'nothing' | 'a 0644 file' | 'a symbolic link', index: number): Promise<readonly string[]> {
  const folder = temporaryFolder();
  const root = join(folder, 'home');
  const mask = process.umask(umask);
  try {
    await new PyraHome(root).prepare();
    const { path, write, content } = writers(root)[index] as Writer;
    const target = join(folder, 'target');
    mkdirSync(dirname(path), { recursive: true });
    if (before !== 'nothing') {
      writeFileSync(path, content);
      chmodSync(path, 0o644);
    }
    if (before === 'a symbolic link') {
      renameSync(path, target);
      symlinkSync(target, path);
    }
    const refused = await write().then(
      () => false,
      () => true,
    );
    const shown = `${relative(root, path)} after ${before} under umask ${umask.toString(8).padStart(3, '0')}`;
    if (before === 'a symbolic link') {
      const faults: string[] = [];
      if (readFileSync(target, 'utf8') !== content) faults.push(`${shown}: the target was written to`);
      if (!refused && lstatSync(path).isSymbolicLink()) faults.push(`${shown}: the link was accepted`);
      return faults;
    }
    if (refused) return [`${shown}: was refused`];
    const mode = statSync(path).mode & 0o777;
    return mode === 0o600 ? [] : [`${shown}: mode ${mode.toString(8)}`];
  } finally {
    process.umask(mask);
    rmSync(join(folder, 'target'), { force: true });
    removeFolder(folder);
  }
}
