import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { openPty, type Pty, type PtyOptions } from '../support/pty.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const PROCESS = fileURLToPath(new URL('../support/chat-process.js', import.meta.url));
const PASTE_ON = '\x1b[?2004h';

describe('chat on a pseudo-terminal', function () {
  this.timeout(20_000);
  let home: string;
  const open: Pty[] = [];

  const start = (options: PtyOptions & { readonly variables?: Readonly<Record<string, string>> } = {}): Pty => {
    const env = { PATH: process.env.PATH ?? '', HOME: home, PYRA_HOME: home, TERM: 'xterm-256color', ...options.variables };
    const pty = openPty([process.execPath, PROCESS, 'chat'], { ...options, env });
    open.push(pty);
    return pty;
  };
  const ready = async (options: Parameters<typeof start>[0] = {}): Promise<Pty> => {
    const pty = start(options);
    await pty.waitFor('› ');
    return pty;
  };
  /** Types, waits for a text behind what is there now, and gives what came. */
  const exchange = async (pty: Pty, typed: string, expected: string | RegExp, timeoutMs?: number): Promise<string> => {
    const from = pty.output().length;
    pty.type(typed);
    await pty.waitFor(expected, from, timeoutMs);
    return pty.output().slice(from);
  };

  beforeEach(() => {
    home = temporaryFolder();
  });
  afterEach(async () => {
    for (const pty of open.splice(0)) {
      pty.kill();
      await pty.exit;
    }
    removeFolder(home);
  });

  it('answers, remembers the line in a file of mode 600, and leaves at Ctrl-D with the terminal as it was', async () => {
    const pty = await ready();
    await exchange(pty, 'hello\r', '5 characters');
    await pty.waitFor('10 in');
    await pty.quiet();
    const end = await exchange(pty, '\x04', 'go on with: pyra chat --resume');
    expect(await pty.exit).to.equal(0);
    expect(pty.output().lastIndexOf('\x1b[?2004l')).to.be.greaterThan(pty.output().lastIndexOf(PASTE_ON));
    expect(end).not.to.contain(PASTE_ON);
    expect(statSync(join(home, 'state', 'history')).mode & 0o777).to.equal(0o600);
  });

  it('does not take text or `y` with Enter, typed before a card, for an approval, and keeps the text unsent', async () => {
    const pty = await ready();
    pty.type('card 400\r');
    await pty.waitFor('thinking');
    pty.type('hello\r');
    pty.type('y\r');
    await pty.waitFor('details');
    await pty.quiet(900);
    const from = pty.output().length;
    expect(pty.output()).not.to.contain('decided');
    pty.type('\r');
    await pty.waitFor('"outcome":"deny","by":"person"', from);
    await pty.waitFor('hello⏎y⏎', from);
    await exchange(pty, '\r', '"hello\\ny"');
  });

  it('approves for one `y` after the silence, and shows foreign text escaped on the card', async () => {
    const pty = await ready();
    await exchange(pty, 'card\r', 'details');
    await pty.quiet(900);
    await exchange(pty, 'y', '"outcome":"allow","scope":"once"');
    expect(pty.output()).to.contain('eve\\u{202e}\\u{1b}]0;x\\u{7}@example.org');
    expect(pty.output()).not.to.match(/\u202e|\x1b\]|\x07/);
  });

  it('denies at Ctrl-C on a card and gives the prompt back', async () => {
    const pty = await ready();
    await exchange(pty, 'card\r', 'details');
    await exchange(pty, '\x03', '› ');
    await exchange(pty, 'still there\r', '11 characters');
  });

  it('stops a stream at Ctrl-C: the partial answer stays, and the prompt is back within 100 ms', async () => {
    const pty = await ready();
    await exchange(pty, 'stream\r', 'piece 9');
    const start = performance.now();
    const shown = await exchange(pty, '\x03', '› ');
    expect(performance.now() - start).to.be.below(100);
    expect(shown).to.contain('interrupted');
  });

  it('hints at Ctrl-C on an empty line and leaves at the second', async () => {
    const pty = await ready();
    await exchange(pty, '\x03', 'Ctrl-C again');
    pty.type('\x03');
    expect(await pty.exit).to.equal(0);
  });

  it('takes a paste of three lines for one message, and a megabyte too', async () => {
    const pty = await ready();
    await exchange(pty, '\x1b[200~one\r\ntwo\r\nthree\x1b[201~', 'three');
    await exchange(pty, '\r', '13 characters');
    await pty.quiet();
    const megabyte = 'lorem ipsum '.repeat(87_382).slice(0, 1_048_576);
    pty.type(`\x1b[200~${megabyte}\x1b[201~`);
    await exchange(pty, '\r', '1048576 characters', 10_000);
  });

  it('takes a line of a megabyte that is typed', async () => {
    const pty = await ready();
    pty.type('x'.repeat(1_048_576));
    await exchange(pty, '\r', '1048576 characters', 15_000);
  });

  it('goes on after the window was resized', async () => {
    const pty = await ready();
    pty.type('a long line of text that takes more than one row of a narrow window');
    await pty.quiet();
    pty.resize(30, 10);
    await pty.quiet();
    pty.resize(100, 30);
    await pty.quiet();
    await exchange(pty, '!\r', '68 characters');
  });

  it('sends nothing raw of what a model says, and never moves the cursor above the edit line', async () => {
    const pty = await ready();
    const shown = await exchange(pty, 'evil\r', 'abcde');
    expect(shown).not.to.match(/\u202e|\x9b|\x1b\]|\x07|\x1b\[2J/);
    expect(pty.output()).not.to.match(/\x1b\[\d*;?\d*[HfABEF]|\x1b\[\?1049/);
  });

  it('stands back while a hidden question is asked in the middle of a turn', async () => {
    const pty = await ready();
    await exchange(pty, 'secret\r', 'passphrase');
    await pty.quiet();
    await exchange(pty, 'hunter2\r', 'a secret of 7');
    await pty.quiet();
    await exchange(pty, 'and on\r', '6 characters: "and on"');
    await pty.quiet();
    expect(pty.output()).not.to.contain('hunter2');
    await exchange(pty, 'secret\r', 'passphrase');
    await pty.quiet();
    await exchange(pty, '\x03', '› ');
    await exchange(pty, 'still\r', '5 characters');
  });

  it('stops at Ctrl-Z and draws its line again when it goes on', async () => {
    const shell = openPty(['bash', '--norc', '-i'], {
      env: { PATH: process.env.PATH ?? '', HOME: home, PYRA_HOME: home, TERM: 'xterm-256color', PS1: '$ ' },
    });
    open.push(shell);
    shell.type(`${process.execPath} ${PROCESS} chat\r`);
    await shell.waitFor('› ');
    await exchange(shell, 'some words', 'some words');
    await exchange(shell, '\x1a', 'Stopped');
    await exchange(shell, 'fg\r', /› [\s\S]*some words/);
    await exchange(shell, ' more\r', '15 characters: "some words more"');
  });

  it('ends when the terminal is taken away', async () => {
    const pty = await ready();
    pty.hangUp();
    expect(await pty.exit).to.be.oneOf([0, 129]);
  });

  for (const [name, stream] of [
    ['standard input is no terminal', 'stdin'],
    ['standard error is no terminal', 'stderr'],
  ] as const) {
    it(`says that it needs a terminal, and ends with 2, when ${name}`, async () => {
      const file = join(home, 'stream');
      writeFileSync(file, 'hello\n');
      const pty = start({ [stream]: file });
      expect(await pty.exit).to.equal(2);
    });
  }

  describe('colours', () => {
    const colored = async (variables: Readonly<Record<string, string>>, options: PtyOptions = {}): Promise<boolean> => {
      const pty = await ready({ ...options, variables });
      await exchange(pty, 'x\r', '10 in');
      return /\x1b\[\d+m/.test(pty.output());
    };
    for (const [expected, variables] of [
      [true, {}],
      [true, { NO_COLOR: '' }],
      [false, { NO_COLOR: '1' }],
      [false, { NO_COLOR: '1', FORCE_COLOR: '1' }],
      [false, { TERM: 'dumb' }],
      [true, { TERM: 'dumb', FORCE_COLOR: '1' }],
      [false, { FORCE_COLOR: '0' }],
    ] as const) {
      it(`are ${expected ? 'on' : 'off'} with ${JSON.stringify(variables)}`, async () =>
        expect(await colored(variables)).to.equal(expected));
    }

    it('do not go into a file that takes the answer, and the card and the prompt stay on the terminal', async () => {
      const file = join(home, 'answer');
      const pty = start({ stdout: file });
      await pty.waitFor('› ');
      await exchange(pty, '**x**\r', '10 in');
      pty.type('\x04');
      expect(await pty.exit).to.equal(0);
      expect(readFileSync(file, 'utf8'))
        .to.match(/^5 characters/)
        .and.not.to.contain('\x1b');
    });
  });
});
