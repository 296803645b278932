import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { PyraError } from '../../../../src/core/domain/errors.js';
import type { Foundation } from '../../../../src/core/usecases/foundation.js';
import type { Pyra } from '../../../../src/core/usecases/pyra.js';
import type { Command, CommandContext, Noun, ParsedArguments } from '../../../../src/frontends/terminal/command.js';
import type { ExitCode } from '../../../../src/frontends/terminal/exit-codes.js';
import { type RouterPorts, route } from '../../../../src/frontends/terminal/router.js';

interface Call {
  readonly context: CommandContext;
  readonly args: ParsedArguments;
}

/** A router over `box put|get|fail|break|open`, `ask` and `start`, with everything that it did. */
function harness(options: { terminal?: boolean; env?: Record<string, string> } = {}) {
  const calls: Record<string, Call> = {};
  const closed: string[] = [];
  const record =
    (name: string, run: (call: Call) => Promise<ExitCode> = async () => 0): Command['run'] =>
    (context, args) => {
      calls[name] = { context, args };
      return run({ context, args });
    };
  const base = { noun: 'box', summary: 'a box', words: '[...word]', examples: ['pyra box put x'] };
  const flags = [{ name: 'size', short: 's', value: 'N', summary: 'how large' }];
  const box: readonly Command[] = [
    { ...base, verb: 'put', flags, run: record('put') },
    { ...base, verb: 'get', run: record('get') },
    {
      ...base,
      verb: 'fail',
      run: record('fail', async () => {
        throw new PyraError('vault/locked', 'the vault is locked', { hint: 'run pyra vault unlock' });
      }),
    },
    {
      ...base,
      verb: 'break',
      run: record('break', async () => {
        throw new TypeError('x is undefined');
      }),
    },
    {
      ...base,
      verb: 'open',
      run: record('open', async ({ context }) => {
        const [one, two] = await Promise.all([context.openPyra(), context.openPyra()]);
        expect(one).to.equal(two);
        return 7;
      }),
    },
  ];
  const noun = (name: string, commands: readonly Command[]): Noun => ({
    noun: name,
    group: 'MISC',
    summary: name,
    verbs: commands.flatMap((command) => command.verb ?? []),
    load: async () => ({ commands }),
  });
  const single = (name: string): Command => ({ noun: name, summary: name, words: '[...word]', examples: [name], run: record(name) });
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) streams[name].on('data', (chunk) => (written[name] += String(chunk)));
  const terminal = options.terminal ?? false;
  const ports: RouterPorts = {
    ...streams,
    nouns: [noun('box', box), noun('ask', [single('ask')]), noun('start', [single('start')])],
    version: '1.2.3',
    stdin: new PassThrough(),
    terminals: { stdin: terminal, stdout: terminal, stderr: terminal },
    env: { PYRA_HOME: '/h', ...options.env },
    cwd: '/',
    signal: new AbortController().signal,
    onInterrupt: () => () => undefined,
    openFoundation: async ({ home }) => ({ close: async () => void closed.push(home) }) as unknown as Foundation,
    openPyra: async ({ home }) => ({ close: async () => void closed.push(home) }) as unknown as Pyra,
    terminal: () => import('../../../../src/adapters/terminal/module.js'),
    parser: () => import('../../../../src/frontends/terminal/parse-arguments.js'),
    prompter: () => import('../../../../src/frontends/terminal/prompter.js'),
    help: () => import('../../../../src/frontends/terminal/help.js'),
    nearest: () => import('../../../../src/frontends/terminal/nearest.js'),
  };
  return { calls, closed, written, run: (...line: string[]) => route(line, ports) };
}

describe('the command router', () => {
  it('finds noun and verb, and gives words and flags to the command', async () => {
    const { calls, run } = harness();
    expect(await run('box', 'put', '-s', '0012', 'a', '-')).to.equal(0);
    expect(calls.put?.args.value('size')).to.equal('0012');
    expect(calls.put?.args.words).to.deep.equal(['a', '-']);
  });

  for (const line of [
    ['--json', '-q', '-P', 'work', 'box', 'put', 'x'],
    ['box', '--json', '-qP', 'work', 'put', 'x'],
    ['box', 'put', 'x', '--quiet', '--profile=work', '--json'],
    ['--profile', 'work', 'box', 'put', '--json', 'x', '-q'],
  ]) {
    it(`takes global flags anywhere: ${line.join(' ')}`, async () => {
      const { calls, run } = harness();
      expect(await run(...line)).to.equal(0);
      expect(calls.put?.args.words).to.deep.equal(['x']);
      expect(calls.put?.context.globals).to.include({ json: true, quiet: true, profile: 'work', yes: false });
      expect(calls.put?.context.home).to.equal('/h/profiles/work');
    });
  }

  it('leaves what stands after -- alone', async () => {
    const { calls, run } = harness();
    expect(await run('box', 'put', '--', '--json', '-h')).to.equal(0);
    expect(calls.put?.args.words).to.deep.equal(['--json', '-h']);
    expect(calls.put?.context.globals.json).to.equal(false);
  });

  it('answers an unknown noun, verb or flag with the nearest one and 2', async () => {
    const { written, run } = harness();
    expect(await run('bxo', 'put')).to.equal(2);
    expect(written.stderr).to.include('unknown command "bxo"').and.include('did you mean: pyra box');
    expect(await run('box', 'ptu')).to.equal(2);
    expect(written.stderr).to.include('did you mean: pyra box put');
    expect(await run('box', 'put', '--sizee', '3')).to.equal(2);
    expect(written.stderr).to.include('did you mean: --size');
    expect(written.stdout).to.equal('');
  });

  it('suggests ask for what is near nothing, and repeats no pasted text', async () => {
    const { written, run } = harness();
    expect(await run('sk-CANARY what is this?')).to.equal(2);
    expect(written.stderr).to.include('did you mean: pyra ask "…"').and.not.include('CANARY');
  });

  it('takes several words for a question, unless the second is a verb of the command that the first resembles', async () => {
    const { written, run } = harness();
    expect(await run('boy', 'is', 'tall')).to.equal(2);
    expect(written.stderr).to.include('did you mean: pyra ask "…"');
    expect(await run('bxo', 'put', 'it')).to.equal(2);
    expect(written.stderr).to.include('did you mean: pyra box');
  });

  it('shows help for program, noun and command, on stdout, even beside mistakes', async () => {
    for (const [line, expected] of [
      [['--help'], 'MISC'],
      [['box', '-h'], 'usage: pyra box VERB'],
      [['box', 'put', '--nope', '--help'], 'usage: pyra box put [FLAGS] [...word]'],
      [['-h', 'box', 'put'], '--size N'],
    ] as const) {
      const { written, run, calls } = harness();
      expect(await run(...line)).to.equal(0);
      expect(written.stdout).to.include(expected);
      expect(calls).to.deep.equal({});
    }
  });

  it('shows the version anywhere, as text and as JSON', async () => {
    const { written, run } = harness();
    expect(await run('box', 'put', '-V')).to.equal(0);
    expect(await run('--json', '--version')).to.equal(0);
    expect(written.stdout).to.equal('pyra 1.2.3\n{"v":1,"version":"1.2.3"}\n');
  });

  it('shows short help on stderr and gives 2 without a command and a terminal, or without a verb', async () => {
    const { written, run } = harness();
    expect(await run()).to.equal(2);
    expect(written.stderr).to.include('usage: pyra COMMAND');
    expect(await run('box')).to.equal(2);
    expect(written.stderr).to.include('usage: pyra box VERB');
    expect(written.stdout).to.equal('');
  });

  it('starts on a terminal without a command, unless nothing may be asked', async () => {
    const { calls, run } = harness({ terminal: true });
    expect(await run('-q')).to.equal(0);
    expect(calls.start?.context.globals.quiet).to.equal(true);
    const silent = harness({ terminal: true, env: { PYRA_NO_INPUT: '1' } });
    expect(await silent.run()).to.equal(2);
  });

  it('prints message and hint of an error, without a stack, with its exit code', async () => {
    const { written, run } = harness();
    expect(await run('box', 'fail')).to.equal(4);
    expect(written.stderr).to.equal('pyra: the vault is locked\nhint: run pyra vault unlock\n');
  });

  it('prints an error as one object under --json', async () => {
    const { written, run } = harness();
    expect(await run('box', 'fail', '--json')).to.equal(4);
    expect(JSON.parse(written.stderr)).to.deep.equal({
      v: 1,
      error: { code: 'vault/locked', message: 'the vault is locked', hint: 'run pyra vault unlock' },
    });
    const other = harness();
    expect(await other.run('--json', 'nonsense')).to.equal(2);
    expect(JSON.parse(other.written.stderr).error.code).to.equal('usage');
  });

  it('prints the stack of a fault of its own', async () => {
    const { written, run } = harness();
    expect(await run('box', 'break')).to.equal(1);
    expect(written.stderr).to.include('TypeError: x is undefined').and.include('router.test');
  });

  it('opens Pyra once, for the chosen home, and closes it', async () => {
    const { closed, run } = harness();
    expect(await run('box', 'open', '-P', 'work')).to.equal(7);
    expect(closed).to.deep.equal(['/h/profiles/work']);
  });

  it('refuses profile names that are paths', async () => {
    const { run, calls } = harness();
    expect(await run('box', 'get', '-P', '../../etc')).to.equal(2);
    expect(calls).to.deep.equal({});
  });
});
