import { tamperWithLog } from '../../test/support/audit-tampering.js';
import { killLoop } from '../../test/support/kill-loop.js';
import { stateFileFaults } from '../../test/support/state-file-faults.js';
import type { SecurityBenchmark } from './data-folder.js';
import type { CountFigure } from './figure.js';

const KILLS = 50;

/** F1: modes of state files, and kills during a write; H1: tampering with the log. */
export const files: SecurityBenchmark = {
  name: 'files',
  async figures() {
    const state = await stateFileFaults();
    const kills = await killLoop(KILLS);
    const log = await tamperWithLog();
    return [
      none('F1', 'state files wrong after umask 000, over a 0644 file, over a planted link', state.tried, state.faults),
      none('F1', 'kills that lost, damaged or opened a state file', kills.kills, [...kills.lost, ...kills.damaged, ...kills.wrongModes]),
      none('H1', 'changes of the log that went unnoticed', log.tried, log.unnoticed),
      none('H1', 'false alarms on the untouched log', 1, log.falseAlarms),
    ];
  },
};

function none(id: string, name: string, of: number, cases: readonly string[]): CountFigure {
  return { kind: 'count', id, name, count: cases.length, of, target: 'none', cases };
}
