import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { InMemorySystem } from '../../../../src/adapters/in-memory/in-memory-system.js';
import { ProviderErrorLog } from '../../../../src/adapters/support/provider-error-log.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

describe('the log of what plugins do wrong', () => {
  let folder: string;
  let path: string;
  let system: InMemorySystem;
  let log: ProviderErrorLog;

  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'plugin_errors.log');
    system = new InMemorySystem();
    log = new ProviderErrorLog({ path, system, redact: (text) => text.replaceAll('hunter2', '[redacted:vault]') });
  });

  afterEach(() => removeFolder(folder));

  const mode = (): number => statSync(path).mode & 0o777;

  it('writes one entry a text, with moment and plugin, further lines indented', async () => {
    log.write('email', 'ended with exit code 1\n');
    log.write('nextcloud', 'Error: no\n    at one\r\n    at two');
    await log.flush();
    expect(readFileSync(path, 'utf8')).to.equal(
      '2026-01-01T00:00:00.000Z email: ended with exit code 1\n2026-01-01T00:00:00.000Z nextcloud: Error: no\n      at one\n      at two\n',
    );
    expect(mode()).to.equal(0o600);
  });

  it('holds no secret, no escape sequences and nothing invisible', async () => {
    log.write('email', 'login hunter2 \u001b[31mred\u001b[0m \u202eabc\u0007');
    await log.flush();
    expect(readFileSync(path, 'utf8')).to.contain('login [redacted:vault] red \\u{202e}abc\n');
  });

  it('holds no secret that a server or a plugin has hidden between escape sequences', async () => {
    log.write('email', 'no such user: hun\u001b[0mter2 and hun\u0000ter2');
    await log.flush();
    expect(readFileSync(path, 'utf8')).to.contain('no such user: [redacted:vault] and [redacted:vault]\n');
  });

  it('takes secrets out before it cuts', async () => {
    log.write('email', `${'x'.repeat(3_997)}hunter2`);
    await log.flush();
    expect(readFileSync(path, 'utf8')).not.to.contain('hun');
  });

  it('leaves out what is too much for a minute, and says so once, for this plugin alone', async () => {
    for (let turn = 0; turn < 100; turn += 1) log.write('loud', 'x'.repeat(4_000));
    log.write('quiet', 'hello');
    await log.flush();
    const text = readFileSync(path, 'utf8');
    expect(text.length).to.be.lessThan(80_000);
    expect(text.split('left out')).to.have.lengthOf(2);
    expect(text).to.contain('quiet: hello\n');
    system.advance(60_000);
    log.write('loud', 'again');
    await log.flush();
    expect(readFileSync(path, 'utf8')).to.contain('loud: again\n');
  });

  it('keeps the older half in a second file when it is 1 MB long', async () => {
    for (let turn = 0; turn < 40; turn += 1) {
      for (let line = 0; line < 15; line += 1) log.write('loud', `${turn} ${'x'.repeat(3_000)}`);
      await log.flush();
      system.advance(60_000);
    }
    expect(statSync(path).size).to.be.lessThan(1_000_001);
    expect(statSync(`${path}.1`).size).to.be.within(900_000, 1_000_000);
    expect(statSync(`${path}.1`).mode & 0o777).to.equal(0o600);
    expect(readFileSync(path, 'utf8')).to.contain(' loud: 39 x');
  });

  it('mends a file that others could read', async () => {
    writeFileSync(path, '');
    chmodSync(path, 0o644);
    log.write('email', 'x');
    await log.flush();
    expect(mode()).to.equal(0o600);
  });

  it('does not write through a link, and fails nothing', async () => {
    const target = join(folder, 'target');
    symlinkSync(target, path);
    log.write('email', 'x');
    await log.flush();
    expect(existsSync(target)).to.equal(false);
  });

  it('fails nothing when there is no folder', async () => {
    const lost = new ProviderErrorLog({ path: join(folder, 'none', 'x.log'), system, redact: (text) => text });
    lost.write('email', 'x');
    await lost.flush();
  });
});
