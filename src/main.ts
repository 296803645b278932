import { pyraVersion } from './version.js';

process.on('SIGUSR1', () => {});

if (process.argv.includes('--version') || process.argv.includes('-V')) {
  process.stdout.write(`pyra ${pyraVersion()}\n`);
} else {
  process.stderr.write('usage: pyra --version\n');
  process.exitCode = 2;
}
