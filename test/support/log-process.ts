// A process for tests of the audit log: `ROOT NAME COUNT` appends COUNT entries and prints each number once it is confirmed.
import { FsAuditLog } from '../../src/adapters/filesystem/fs-audit-log.js';
import { momentOf } from './messages.js';

const [root = '', name = '', count = '0'] = process.argv.slice(2);
const log = new FsAuditLog(root);
for (let number = 0; number < Number(count); number += 1) {
  await log.append({ log: 'security', event: 'test', at: momentOf(number), detail: { text: `${name} ${number}` } });
  process.stdout.write(`${name} ${number}\n`);
}
