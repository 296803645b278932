import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FsAuditLog } from '../../src/adapters/filesystem/fs-audit-log.js';
import { momentOf } from './messages.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';

/** What came of changing a log in every way: how often it was tried, and what the check did not notice. */
export interface TamperingResult {
  readonly tried: number;
  readonly unnoticed: readonly string[];
  /** Faults that the check found in the untouched log: false alarms. */
  readonly falseAlarms: readonly string[];
}

const ENTRIES = 12;

/**
 * Changes a log of a temporary home without any key: every byte of some lines, each line deleted, doubled, swapped with the next, cut off at
 * each place, its line feed taken; and looks whether `verify` notices, at once and after one further entry.
 */
export async function tamperWithLog(): Promise<TamperingResult> {
  const root = temporaryFolder();
  try {
    const log = new FsAuditLog(root);
    for (let number = 0; number < ENTRIES; number += 1) {
      await log.append({ log: 'security', event: 'vault-read', at: momentOf(number), detail: { name: `secret-${number}`, count: number } });
    }
    const path = join(root, 'security.log');
    const headPath = join(root, 'logs', '.head');
    const whole = readFileSync(path, 'utf8');
    const head = readFileSync(headPath, 'utf8');
    const falseAlarms = (await log.verify('security')).faults;
    const unnoticed: string[] = [];
    const changes = tamperings(whole);
    for (const [what, changed] of changes) {
      for (const later of [false, true]) {
        writeFileSync(path, changed);
        writeFileSync(headPath, head);
        if (later && !what.startsWith('byte ')) await log.append({ log: 'security', event: 'later', at: momentOf(99), detail: {} });
        if ((await log.verify('security')).faults.length === 0) unnoticed.push(`${what}${later ? ', then one more entry' : ''}`);
      }
    }
    writeFileSync(path, whole);
    rmSync(headPath);
    if ((await log.verify('security')).faults.length === 0) unnoticed.push('head removed');
    await log.append({ log: 'security', event: 'later', at: momentOf(99), detail: {} });
    if ((await log.verify('security')).faults.length === 0) unnoticed.push('head removed, then one more entry');
    return { tried: changes.length * 2 + 2, unnoticed, falseAlarms };
  } finally {
    removeFolder(root);
  }
}

function tamperings(whole: string): readonly (readonly [what: string, changed: string])[] {
  const lines = whole.split(/(?<=\n)/);
  const joined = (parts: readonly string[]): string => parts.join('');
  const changes: [string, string][] = [];
  for (const number of [0, 5, lines.length - 1]) {
    const start = joined(lines.slice(0, number)).length;
    const length = (lines[number] as string).length;
    for (let at = start; at < start + length; at += 1) {
      const changed = String.fromCharCode(whole.charCodeAt(at) ^ 1);
      changes.push([`byte ${at} of line ${number + 1} changed`, whole.slice(0, at) + changed + whole.slice(at + 1)]);
    }
  }
  for (let number = 0; number < lines.length; number += 1) {
    const [line, next] = [lines[number] as string, lines[number + 1]];
    changes.push([`line ${number + 1} deleted`, joined(lines.toSpliced(number, 1))]);
    changes.push([`line ${number + 1} doubled`, joined(lines.toSpliced(number, 0, line))]);
    changes.push([`blank line before line ${number + 1}`, joined(lines.toSpliced(number, 0, '\n'))]);
    if (next !== undefined) changes.push([`line ${number + 1} swapped with the next`, joined(lines.toSpliced(number, 2, next, line))]);
    changes.push([`cut off before line ${number + 1}`, joined(lines.slice(0, number))]);
    changes.push([`cut off within line ${number + 1}`, joined([...lines.slice(0, number), line.slice(0, line.length / 2)])]);
    if (next !== undefined) changes.push([`line feed of line ${number + 1} taken`, joined(lines.with(number, line.slice(0, -1)))]);
  }
  return changes;
}
