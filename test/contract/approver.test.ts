import { InMemoryApprover } from '../../src/adapters/in-memory/in-memory-approver.js';
import { createPaint } from '../../src/adapters/support/terminal/paint.js';
import { TerminalConsole } from '../../src/adapters/support/terminal/terminal-console.js';
import { TerminalApprover } from '../../src/adapters/terminal/terminal-approver.js';
import { AllowingApprover } from '../../src/core/usecases/allowing-approver.js';
import { UnavailableApprover } from '../../src/core/usecases/unavailable-approver.js';
import { FakeInput, FakeOutput } from '../support/fake-terminal.js';
import { type ApproverHarness, approverContract } from './approver.contract.js';

const SILENCE = 10;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const harnesses: readonly ApproverHarness[] = [
  {
    name: 'TerminalApprover',
    asks: true,
    create: async (timeoutMs) => {
      const input = new FakeInput();
      const console = new TerminalConsole({ input, output: new FakeOutput() }, () => {});
      const port = new TerminalApprover({
        console: () => console,
        paint: createPaint(false),
        environment: {},
        silenceMs: SILENCE,
        timeoutMs,
      });
      const type = async (key: string): Promise<void> => {
        await pause(SILENCE + 20);
        input.type(key);
      };
      return {
        port,
        person: {
          allow: () => type('y'),
          refuse: () => type('n'),
          leave: async () => {
            await pause(5);
            input.emit('end');
          },
        },
      };
    },
  },
  {
    name: 'TerminalApprover without a terminal',
    asks: false,
    create: async (timeoutMs) => ({
      port: new TerminalApprover({ console: () => undefined, paint: createPaint(false), environment: {}, timeoutMs }),
    }),
  },
  { name: 'InMemoryApprover', asks: false, create: async () => ({ port: new InMemoryApprover() }) },
  { name: 'UnavailableApprover', asks: false, create: async () => ({ port: new UnavailableApprover() }) },
  {
    name: 'AllowingApprover without a rule that fits',
    asks: false,
    create: async () => ({ port: new AllowingApprover([], new UnavailableApprover()) }),
  },
];

for (const harness of harnesses) approverContract(harness);
