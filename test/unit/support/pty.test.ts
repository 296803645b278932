import { expect } from 'chai';
import { openPty } from '../../support/pty.js';

describe('pseudo-terminal for tests', () => {
  it('types, reads, resizes and gives the exit status', async () => {
    const pty = openPty(['sh', '-c', 'stty size; read line; echo "got <$line>"; read line; stty size; exit 7'], { columns: 60, rows: 20 });
    const at = await pty.waitFor('20 60');
    pty.type('hello\n');
    await pty.waitFor('got <hello>', at);
    pty.resize(100, 30);
    await pty.quiet(50);
    pty.type('\n');
    await pty.waitFor('30 100', at);
    expect(await pty.exit).to.equal(7);
  });

  it('says what was there when a text does not come', async () => {
    const pty = openPty(['sh', '-c', 'echo something; sleep 5']);
    await pty.waitFor('something');
    const error = await pty.waitFor('else', 0, 50).catch((reason: Error) => reason);
    expect(String(error)).to.contain('something');
    pty.kill();
    expect(await pty.exit).to.be.greaterThan(0);
  });
});
