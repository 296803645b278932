import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FsAuditLog } from '../../src/adapters/filesystem/fs-audit-log.js';
import { FsConversationStore } from '../../src/adapters/filesystem/fs-conversation-store.js';
import { PyraHome } from '../../src/adapters/filesystem/pyra-home.js';
import { homePaths } from '../../src/adapters/support/home-paths.js';
import { startProgram, untilPrinted } from './child-program.js';
import { conversationOf } from './messages.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';
import { homeSettingsStore } from './yaml-settings-store.js';

/** What a loop of kills came to. */
export interface KillLoopResult {
  readonly kills: number;
  /** How many writes had been confirmed. */
  readonly confirmed: number;
  /** Confirmed writes that were gone afterwards. */
  readonly lost: readonly string[];
  /** What could not be read any more, or was half-written. */
  readonly damaged: readonly string[];
  /** State files with a too wide mode. */
  readonly wrongModes: readonly string[];
}

/** Lets a process write to a home and kills it with SIGKILL at a random moment, `kills` times; looks at the home after each. */
export async function killLoop(kills: number): Promise<KillLoopResult> {
  const root = temporaryFolder();
  const result = { confirmed: 0, lost: [] as string[], damaged: [] as string[], wrongModes: [] as string[] };
  const messages = new Set<string>();
  try {
    await new PyraHome(root).prepare();
    for (let run = 0; run < kills; run += 1) {
      const writer = startProgram('writer-process.js', [root, String(run)]);
      try {
        await untilPrinted(writer, 'ready\n');
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 120));
      } finally {
        writer.process.kill('SIGKILL');
      }
      const { stdout, stderr, signal } = await writer.ended;
      if (signal !== 'SIGKILL') result.damaged.push(`run ${run}: ${stderr}`);
      const last = new Map<string, string>();
      for (const line of stdout.split('\n').slice(0, -1)) {
        if (line === 'ready') continue;
        const [kind = '', ...what] = line.split(' ');
        last.set(kind, what.join(' '));
        if (kind === 'message') messages.add(what.join(' '));
        result.confirmed += 1;
      }
      await look(root, run, last, messages, result);
    }
  } finally {
    removeFolder(root);
  }
  return { kills, ...result };
}

async function look(
  root: string,
  run: number,
  last: ReadonlyMap<string, string>,
  messages: ReadonlySet<string>,
  result: { readonly lost: string[]; readonly damaged: string[]; readonly wrongModes: string[] },
): Promise<void> {
  const paths = homePaths(root);
  const atLeast = (kind: string, found: string | undefined): void => {
    const confirmed = last.get(kind);
    if (confirmed !== undefined && !isSameOrNext(found, confirmed)) result.lost.push(`run ${run}: ${kind} ${confirmed}, found ${found}`);
  };
  const attempt = async (what: string, check: () => Promise<void>): Promise<void> => {
    await check().catch((error: unknown) => result.damaged.push(`run ${run}: ${what}: ${error}`));
  };
  await attempt('conversation', async () => {
    const loaded = (await new FsConversationStore(paths.conversations).load(conversationOf('talk')))?.messages ?? [];
    const said = new Set(loaded.flatMap((message) => (message.role === 'user' ? [message.text] : [])));
    for (const text of messages) if (!said.has(text)) result.lost.push(`run ${run}: message ${text}`);
    if (loaded.length % 2 !== 0) result.damaged.push(`run ${run}: half an append`);
  });
  await attempt('settings', async () => atLeast('setting', (await homeSettingsStore(root).load()).ai.model));
  await attempt('audit log', async () => {
    const log = new FsAuditLog(root);
    result.damaged.push(...(await log.verify('security')).faults.map((fault) => `run ${run}: ${fault}`));
    const [entry] = await log.recent('security', 1);
    atLeast('entry', entry?.detail.text as string | undefined);
  });
  await attempt('file', async () => {
    if (!last.has('file')) return;
    const text = readFileSync(join(paths.state, 'value'), 'utf8');
    if (!text.endsWith('end')) result.damaged.push(`run ${run}: half a file`);
    atLeast('file', text.split(' ').slice(0, 2).join(' '));
  });
  const findings = await new PyraHome(root).inspect();
  result.wrongModes.push(
    ...findings.filter((finding) => finding.label === 'mode-too-wide').map((finding) => `run ${run}: ${finding.message}`),
  );
  // The next writer finds what an older program may have left.
  for (const path of [paths.config, paths.securityLog]) if (run % 5 === 4 && existsSync(path)) chmodSync(path, 0o644);
}

/** A write that was under way when the kill came may be there or not. */
function isSameOrNext(found: string | undefined, confirmed: string): boolean {
  const [run, number] = confirmed.split(' ');
  return found === confirmed || found === `${run} ${Number(number) + 1}`;
}
