import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { runOwnTests } from '../../../../src/frontends/terminal/plugin-own-tests.js';
import { sdkModule, sdkTypes } from '../../../../src/frontends/terminal/plugin-sdk.js';
import { pluginTemplate } from '../../../../src/frontends/terminal/plugin-template.js';
import { flagProbeScript } from '../../../support/sandbox-probes.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const never = new AbortController().signal;

describe("a plugin's own tests", function () {
  this.timeout(20_000);
  let folder = '';
  before(function () {
    // The entry that plugins import exists only in the built program.
    if (statSync(sdkModule(), { throwIfNoEntry: false }) === undefined) this.skip();
  });
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => removeFolder(folder));
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);

  it('pass for a new plugin', async () => {
    for (const [file, text] of Object.entries(pluginTemplate('garden', await sdkTypes()))) write(file, text);
    const { tests, fault } = await runOwnTests(folder, never);
    expect(fault).to.equal(undefined);
    expect(tests).to.have.length(3);
    expect(tests.filter(({ ok }) => !ok)).to.deep.equal([]);
  });

  it('are those of every folder below, one line each, with the reason of a failure', async () => {
    mkdirSync(join(folder, 'sub'));
    write('a.test.js', "const { test } = require('node:test'); test('good', () => {}); console.log('noise');");
    write(
      'sub/b.test.mjs',
      "import { test, describe } from 'node:test'; describe('of', () => { test('bad', () => { throw new Error('why'); }); });",
    );
    const { files, tests } = await runOwnTests(folder, never);
    expect(files).to.deep.equal(['a.test.js', 'sub/b.test.mjs']);
    expect(tests).to.deep.include({ name: 'good', ok: true });
    expect(tests).to.deep.include({ name: 'bad', ok: false, message: 'why' });
  });

  it('can neither read nor write outside, nor start a program, nor see the environment', async () => {
    write(
      'a.test.js',
      `const { test } = require('node:test');
      test('reads', () => require('node:fs').readFileSync('/etc/hostname'));
      test('writes', () => require('node:fs').writeFileSync(__dirname + '/x', ''));
      test('starts', () => require('node:child_process').execFileSync('true'));
      test('environment', () => { if (process.env.PATH === undefined) throw new Error('none'); });`,
    );
    const { tests } = await runOwnTests(folder, never);
    expect(tests.map(({ name, ok }) => [name, ok])).to.deep.equal(
      ['reads', 'writes', 'starts', 'environment'].map((name) => [name, false]),
    );
  });

  it('cannot break the report by writing to it', async () => {
    write('a.test.js', `require('node:fs').writeSync(3, 'no json\\n{"ok":1}\\nnull\\n'); require('node:test').test('good', () => {});`);
    const { tests, fault } = await runOwnTests(folder, never);
    expect(fault).to.equal(undefined);
    expect(tests.map(({ name, ok }) => [name, ok])).to.deep.equal([
      ['a line that the runner did not write', false],
      ['undefined', false],
      ['a line that the runner did not write', false],
      ['good', true],
    ]);
  });

  it('can leave nothing behind, however deep', async () => {
    write(
      'a.test.js',
      `const fs = require('node:fs');
      const deep = (name) => {
        let path = process.env.HOME + '/' + name;
        for (let level = 0; level < 17; level += 1) path += '/' + 'd'.repeat(200);
        fs.mkdirSync(path, { recursive: true });
        return path;
      };
      const inner = deep('first');
      deep('second');
      fs.renameSync(process.env.HOME + '/second', inner + '/second');
      require('node:test').test('good', () => { throw new Error(process.env.HOME); });`,
    );
    const { tests } = await runOwnTests(folder, never);
    const home = tests[0]?.message ?? '';
    expect(home).to.include('pyra-plugin-test-');
    expect([home, `${home}.gone`].filter(existsSync)).to.deep.equal([]);
  });

  it('write no file by a flag of V8', async () => {
    write('a.test.js', flagProbeScript([join(folder, 'planted.txt')]));
    await runOwnTests(folder, never);
    expect(existsSync(join(folder, 'planted.txt'))).to.equal(false);
  });

  it('that end the process in the middle are no success', async () => {
    write('a.test.js', "const { test } = require('node:test'); test('good', () => {}); test('gone', () => process.exit(0));");
    const { fault } = await runOwnTests(folder, never);
    expect(fault).to.match(/did not run to their end: the process ended with 0/);
  });

  it('that leave a timer behind end all the same; one that is still to be done is no failure', async () => {
    write(
      'a.test.js',
      "const { test } = require('node:test'); setInterval(() => {}, 1000); test('later', { todo: true }, () => { throw new Error('x'); }); test('good', () => {});",
    );
    const { tests, fault } = await runOwnTests(folder, never);
    expect(fault).to.equal(undefined);
    expect(tests.map(({ name, ok }) => [name, ok])).to.deep.equal([
      ['later', true],
      ['good', true],
    ]);
  });

  it('that do not even load say why', async () => {
    write('a.test.js', "throw new Error('broken on purpose');");
    const { tests, fault } = await runOwnTests(folder, never);
    expect(`${fault} ${JSON.stringify(tests)}`).to.include('broken on purpose');
  });
});
