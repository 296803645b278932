import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { cleanEnvironment, PYRA, runPyra } from '../support/built-program.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

describe('pyra ask, built, on a home with faults', function () {
  this.timeout(60_000);
  let folder: string;
  let home: string;
  let server: ModelServer;
  let config: string;
  let settings: string;

  before(async () => {
    folder = temporaryFolder();
    // Blanks and umlauts, as in many a person's folder.
    home = join(folder, 'mit Leer ümläut', 'home');
    config = join(home, 'config.yaml');
    server = await startModelServer(() => ({ text: 'hello' }));
    const { code, stderr } = await runPyra(['model', 'use', 'openai-compatible/scripted', '--base-url', server.url], { home });
    expect(code, stderr).to.equal(0);
    settings = readFileSync(config, 'utf8');
  });
  beforeEach(() => writeFileSync(config, settings));
  after(async () => {
    await server.close();
    removeFolder(folder);
  });
  const ask = (...more: readonly string[]) => runPyra(['ask', 'hi', ...more], { home });

  for (const [what, text, error] of [
    ['broken YAML', 'ai: [', /config\.yaml line 1: /],
    ['an unknown key', 'ai:\n  modle: CANARY\n', /config\.yaml line 2: .*modle.*model/],
    ['a value of the wrong type', 'ai:\n  max_rounds: CANARY\n', /config\.yaml line 2: ai\.max_rounds: expected a whole number/],
  ] as const) {
    it(`names the line of ${what} and how to mend it, repeats no value, and asks no model`, async () => {
      writeFileSync(config, text);
      const before = server.chats().length;
      const { code, stdout, stderr } = await ask();
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.match(error).and.include('pyra config edit').and.not.include('CANARY');
      expect(server.chats()).to.have.length(before);
      expect(readFileSync(config, 'utf8')).to.equal(text);
    });
  }

  it('narrows the mode of settings that others can read, says so in one line, and answers', async () => {
    chmodSync(config, 0o644);
    const { code, stdout, stderr } = await ask();
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: 'hello\n' });
    expect(stderr).to.equal('pyra: config.yaml had mode 644; it is 600 now\n');
    expect(statSync(config).mode & 0o777).to.equal(0o600);
  });

  it('goes on with a conversation whose last line was torn', async () => {
    const conversations = join(home, 'conversations');
    for (const name of readdirSync(conversations)) rmSync(join(conversations, name));
    expect((await ask()).code).to.equal(0);
    const [name = ''] = readdirSync(conversations).filter((entry) => entry.endsWith('.jsonl'));
    truncateSync(join(conversations, name), statSync(join(conversations, name)).size - 20);
    const { code, stdout, stderr } = await ask('-c');
    expect({ code, stdout }, stderr).to.deep.equal({ code: 0, stdout: 'hello\n' });
    for (const line of readFileSync(join(conversations, name), 'utf8').trimEnd().split('\n')) JSON.parse(line);
  });

  it('answers or refuses at once with any of its three streams closed', () => {
    for (const [line, code] of [
      ['ask <&-', 2],
      ['chat <&-', 2],
      ['setup <&-', 2],
      ['vault set x <&-', 2],
      ['memory list <&-', 0],
      ['config get </dev/null >&-', 0],
      ['nonsense </dev/null 2>&-', 2],
    ] as const) {
      const run = spawnSync('sh', ['-c', `"$0" ${line}`, PYRA], { env: cleanEnvironment({ home }), timeout: 20_000, encoding: 'utf8' });
      expect(run.status, `${line}: ${run.stderr}`).to.equal(code);
    }
  });

  it('refuses a home whose sentinel is gone with 4, and says how to recover', async () => {
    rmSync(join(home, 'vault/.vault_lock'));
    const { code, stdout, stderr } = await ask();
    expect({ code, stdout }).to.deep.equal({ code: 4, stdout: '' });
    expect(stderr).to.include('vault/.vault_lock is missing').and.include('pyra vault init');
  });
});
