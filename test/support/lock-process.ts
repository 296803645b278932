// A process for tests of the file lock: `count LOCK FILE TIMES` adds one to the number in FILE under the lock, `hold LOCK` takes it and stays.
import { readFileSync, writeFileSync } from 'node:fs';
import { tryFileLock, withFileLock } from '../../src/adapters/support/file-lock.js';

const [task, lock = '', file = '', times = '0'] = process.argv.slice(2);
if (task === 'count') {
  for (let turn = 0; turn < Number(times); turn += 1) {
    await withFileLock(lock, async () => {
      const value = Number(readFileSync(file, 'utf8'));
      await new Promise((resolve) => setImmediate(resolve));
      writeFileSync(file, String(value + 1));
    });
  }
} else if (task === 'hold') {
  process.stdout.write(tryFileLock(lock).taken ? 'held\n' : 'refused\n');
  setInterval(() => undefined, 1_000);
}
