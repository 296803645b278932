import { expect } from 'chai';
import type { Command } from '../../src/frontends/terminal/command.js';
import { EXIT_MEANINGS } from '../../src/frontends/terminal/exit-codes.js';
import { nouns } from '../../src/main.js';
import { runPyra } from '../support/built-program.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

/** What stands for each required word of a command. */
function wordsOf(command: Command): readonly string[] {
  return [...(command.words ?? '').matchAll(/<(?:\.\.\.)?([^>]+)>/g)].map(([, name]) => (name === 'model' ? 'ollama/none' : 'none'));
}

describe('every command of the built program without a terminal', function () {
  this.timeout(60_000);
  let home = '';
  // Some commands write files where they run.
  let cwd = '';
  beforeEach(() => {
    home = temporaryFolder();
    cwd = temporaryFolder();
  });
  afterEach(() => {
    removeFolder(home);
    removeFolder(cwd);
  });
  const known = EXIT_MEANINGS.map(([code]) => code);

  for (const noun of nouns) {
    it(`ends by itself: pyra ${noun.noun}`, async () => {
      for (const command of (await noun.load()).commands) {
        const line = [noun.noun, ...(command.verb === undefined ? [] : [command.verb]), ...wordsOf(command)];
        const plain = await runPyra(line, { home, cwd });
        expect(plain.code, `${line.join(' ')}: ${plain.stderr}`).to.be.oneOf(known);
        expect(plain.stdout + plain.stderr, line.join(' ')).not.to.include('\u001b');
        expect(plain.stderr, line.join(' ')).not.to.include('fault in Pyra');
        if (noun.noun === 'completion' || command.verb === 'run-agent') continue;
        const json = await runPyra([...line, '--json'], { home, cwd });
        expect(json.code, `${line.join(' ')}: ${json.stderr}`).to.be.oneOf(known);
        const answer = json.stdout.trim() === '' ? json.stderr.trim().split('\n').at(-1) : json.stdout;
        expect(JSON.parse(answer ?? ''), line.join(' ')).to.include({ v: 1 });
      }
    });
  }
});
