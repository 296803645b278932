import { expect } from 'chai';
import { EXIT_MEANINGS } from '../../../../src/frontends/terminal/exit-codes.js';
import { GLOBAL_FLAGS } from '../../../../src/frontends/terminal/global-flags.js';
import { commandHelp } from '../../../../src/frontends/terminal/help.js';
import { nouns } from '../../../../src/main.js';

describe('the command table', () => {
  it('names each noun once', () => {
    expect(new Set(nouns.map(({ noun }) => noun)).size).to.equal(nouns.length);
  });

  for (const noun of nouns) {
    it(`has the verbs of ${noun.noun} as its module has them, documented`, async function () {
      this.timeout(20_000);
      const { commands } = await noun.load();
      expect(commands.flatMap((command) => command.verb ?? [])).to.deep.equal([...noun.verbs, ...(noun.hidden ?? [])]);
      expect(commands).not.to.be.empty;
      if (noun.verbs.length === 0) expect(commands).to.have.length(1);
      for (const command of commands) {
        const title = [noun.noun, command.verb].filter(Boolean).join(' ');
        expect(command.noun).to.equal(noun.noun);
        expect(command.examples, `examples of ${title}`).not.to.be.empty;
        const taken = GLOBAL_FLAGS.flatMap((flag) => [flag.name, flag.short]);
        const own = (command.flags ?? []).flatMap((flag) => (flag.short === undefined ? [flag.name] : [flag.name, flag.short]));
        expect(
          own.filter((name) => taken.includes(name)),
          `flags of ${title} that hide global ones`,
        ).to.deep.equal([]);
        expect(new Set(own).size, `flags of ${title} are distinct`).to.equal(own.length);
        expect(commandHelp(command)).to.include(`usage: pyra ${title}`);
      }
    });
  }

  it('explains each exit code once', () => {
    const codes = EXIT_MEANINGS.map(([code]) => code);
    expect(codes).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130, 143]);
  });
});
