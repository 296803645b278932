import { expect } from 'chai';
import * as fc from 'fast-check';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import type { Command, ParsedArguments } from '../../../../src/frontends/terminal/command.js';
import { parseArguments } from '../../../../src/frontends/terminal/parse-arguments.js';
import { splitFlags } from '../../../../src/frontends/terminal/split-flags.js';

const command: Command = {
  noun: 'send',
  summary: 'send something',
  words: '[...text]',
  flags: [
    { name: 'to', short: 't', value: 'WHOM', summary: 'the receiver' },
    { name: 'option', short: 'o', value: 'NAME=VALUE', repeat: true, summary: 'an option' },
    { name: 'from-file', value: 'FILE', summary: 'a file' },
    { name: 'no-save', summary: 'do not save' },
    { name: 'continue', short: 'c', summary: 'go on' },
  ],
  examples: ['pyra send --to ana hello'],
  run: async () => 0,
};

const parse = (line: readonly string[], of: Command = command): ParsedArguments => parseArguments(of, splitFlags(line, of.flags ?? []));

function failure(line: readonly string[], of: Command = command): string {
  try {
    parse(line, of);
  } catch (error) {
    if (isPyraError(error, 'usage')) return `${error.message} ${error.hint ?? ''}`;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('the reading of command lines', () => {
  const VALUES = [
    '+15551234567',
    '0012',
    '',
    '-100123',
    '-',
    '--',
    '1e3',
    '0x10',
    'true',
    'false',
    'null',
    '-c',
    '=',
    'a=b',
    ' ',
    '.5',
    'Infinity',
    '__proto__',
    'ä\n€',
  ];
  for (const value of VALUES) {
    it(`gives ${JSON.stringify(value)} as written, as a value and as a word`, () => {
      expect(parse([`--to=${value}`]).value('to')).to.equal(value);
      if (value !== '--') expect(parse(['--to', value]).value('to')).to.equal(value);
      expect(parse(['--', value]).words).to.deep.equal([value]);
      if (!value.startsWith('-') || value === '-')
        expect(parse(['before', value, 'after']).words).to.deep.equal(['before', value, 'after']);
    });
  }

  it('gives any text back unchanged, in any number', () => {
    const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(text, fc.array(text), fc.array(text, { minLength: 1 }), (to, options, words) => {
        const read = parse([`--to=${to}`, ...options.map((option) => `--option=${option}`), '--', ...words]);
        expect(read.value('to')).to.equal(to);
        expect(read.values('option')).to.deep.equal(options);
        expect(read.words).to.deep.equal(words);
      }),
    );
  });

  it('keeps the words around a dash', () => {
    expect(parse(['-', 'after', '-c']).words).to.deep.equal(['-', 'after']);
  });

  it('takes flags between words, short with and without a gap, and in a cluster', () => {
    const read = parse(['one', '-ct', 'ana', 'two', '-oa=1', '-o', 'b=2', '-o=c=3']);
    expect(read.words).to.deep.equal(['one', 'two']);
    expect(read.value('to')).to.equal('ana');
    expect(read.values('option')).to.deep.equal(['a=1', 'b=2', 'c=3']);
    expect(read.has('continue')).to.equal(true);
  });

  it('gives a word after a switch as a word', () => {
    for (const line of [
      ['-c', 'hello'],
      ['--continue', 'hello'],
      ['--no-save', 'hello'],
      ['hello', '-c'],
    ]) {
      expect(parse(line).words, line.join(' ')).to.deep.equal(['hello']);
    }
  });

  it('tells a given switch from one that was not, with and without no-', () => {
    expect(parse(['--no-save']).has('no-save')).to.equal(true);
    expect(parse([]).has('no-save')).to.equal(false);
    expect(parse(['-c']).has('continue')).to.equal(true);
    expect(parse([]).has('continue')).to.equal(false);
    expect(parse([]).value('to')).to.equal(undefined);
    expect(parse([]).values('option')).to.deep.equal([]);
  });

  it('gives the words after -- apart to a command that wants them so', () => {
    const run: Command = { ...command, words: '<name>', rest: 'COMMAND' };
    const read = parse(['x', '--', 'ls', '-l', '--', '--to'], run);
    expect(read.words).to.deep.equal(['x']);
    expect(read.rest).to.deep.equal(['ls', '-l', '--', '--to']);
  });

  it('names the flag whose value is missing', () => {
    expect(failure(['--to'])).to.match(/^--to needs a value/);
    expect(failure(['--to', '--no-save'])).to.match(/^--to needs a value/);
    expect(failure(['--from-file', '--', 'x'])).to.match(/^--from-file needs a value/);
  });

  it('refuses a flag twice, an unknown flag and a value for a switch', () => {
    expect(failure(['--to', 'a', '--to', 'b'])).to.match(/^--to may be given only once/);
    expect(failure(['--nope'])).to.match(/^unknown flag --nope/);
    expect(failure(['-z'])).to.match(/^unknown flag -z/);
    expect(failure(['--continue=yes'])).to.match(/^--continue takes no value/);
  });

  it('counts the words', () => {
    const two: Command = { ...command, words: '<name> [value]' };
    expect(failure([], two)).to.match(/^name is missing usage: pyra send <name> \[value\]/);
    expect(failure(['a', 'b', 'CANARY'], two)).to.match(/^too many words: pyra send takes at most 2/);
    expect(parse(['a', 'b'], two).words).to.deep.equal(['a', 'b']);
    const none: Command = { noun: 'send', summary: '', examples: [], run: async () => 0 };
    expect(failure(['a'], none)).to.match(/takes none/);
  });

  it('refuses a secret as a flag, with the reason and without the value', () => {
    for (const flag of ['--value=CANARY', '--api-key=CANARY', '--password=CANARY', '--passphrase=CANARY', '--token=CANARY']) {
      expect(failure([flag]))
        .to.match(/history.*ps/)
        .and.not.include('CANARY');
    }
    expect(failure(['--value', 'CANARY']))
      .to.match(/history.*ps/)
      .and.not.include('CANARY');
  });

  it('never repeats a value in an error', () => {
    for (const line of [['--nope=CANARY'], ['-zCANARY'], ['--continue=CANARY'], ['--to', 'CANARY', '--to', 'CANARY']]) {
      expect(failure(line)).not.to.include('CANARY');
    }
  });
});
