import { ToolGate } from '../../src/core/usecases/tool-gate.js';
import { Toolbox } from '../../src/core/usecases/toolbox.js';
import { GATE_ATTACKS } from '../../test/support/gate-attacks.js';
import type { SecurityBenchmark } from './data-folder.js';

/** A1: attacks on the gate and on the approval, of which each goes against another control. */
export const protocol: SecurityBenchmark = {
  name: 'protocol',
  async figures() {
    const accepted: string[] = [];
    for (const { name, succeeds } of GATE_ATTACKS) if (await succeeds({ ToolGate, Toolbox })) accepted.push(name);
    return [
      {
        kind: 'count',
        id: 'A1',
        name: 'attacks on gate and approval that got through',
        count: accepted.length,
        of: GATE_ATTACKS.length,
        target: 'none',
        cases: accepted,
      },
    ];
  },
};
