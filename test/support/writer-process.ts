// A process that writes everything a home keeps, again and again, until it is killed: `ROOT RUN`. It prints `KIND RUN NUMBER` once a write is confirmed.
import { join } from 'node:path';
import { FsAuditLog } from '../../src/adapters/filesystem/fs-audit-log.js';
import { FsConversationStore } from '../../src/adapters/filesystem/fs-conversation-store.js';
import { writeFileAtomic } from '../../src/adapters/support/atomic-file.js';
import { homePaths } from '../../src/adapters/support/home-paths.js';
import { assistantMessage, conversationOf, momentOf, userMessage } from './messages.js';
import { homeSettingsStore } from './yaml-settings-store.js';

const [root = '', run = '0'] = process.argv.slice(2);
const paths = homePaths(root);
const conversations = new FsConversationStore(paths.conversations);
const log = new FsAuditLog(root);
const settings = homeSettingsStore(root);
const confirm = (kind: string, number: number): unknown => process.stdout.write(`${kind} ${run} ${number}\n`);

process.umask(0);
for (let number = 0; ; number += 1) {
  const long = `${run} ${number} `.repeat(1 + ((number * 977) % 9_000));
  await conversations.append(conversationOf('talk'), [userMessage(`${run} ${number}`), assistantMessage(long)]);
  confirm('message', number);
  await log.append({ log: 'security', event: 'test', at: momentOf(number), detail: { text: `${run} ${number}` } });
  confirm('entry', number);
  const current = await settings.load();
  await settings.save({ ...current, ai: { ...current.ai, model: `${run} ${number}`, options: { long } } });
  confirm('setting', number);
  await writeFileAtomic(join(paths.state, 'value'), `${long}end`, 0o600);
  confirm('file', number);
  // The first round loads the parsers; kills shall hit writes.
  if (number === 0) process.stdout.write('ready\n');
}
