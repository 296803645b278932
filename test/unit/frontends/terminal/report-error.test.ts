import { expect } from 'chai';
import { createPaint } from '../../../../src/adapters/support/terminal/paint.js';
import { PyraError } from '../../../../src/core/domain/errors.js';
import { exitCodeOf } from '../../../../src/frontends/terminal/exit-codes.js';
import { reportError } from '../../../../src/frontends/terminal/report-error.js';

const style = { json: false, verbose: false, paint: createPaint(false) };

describe('the report of an error', () => {
  it('sends no control or bidi character of a message to the terminal', () => {
    const error = new PyraError('model/bad-response', 'it said \u001b[2J\u202e\u0007', { hint: 'see \u009b1m' });
    expect(reportError(error, style)).to.equal('pyra: it said \\u{1b}[2J\\u{202e}\\u{7}\nhint: see \\u{9b}1m\n');
  });

  it('has neither stack nor cause of an error that the person can mend', () => {
    const error = new PyraError('model/auth', 'the key was refused', { cause: new Error('CANARY') });
    for (const json of [true, false]) expect(reportError(error, { ...style, json })).not.to.match(/CANARY|report-error\.test/);
  });

  it('survives what is no error at all', () => {
    expect(reportError('text', style)).to.include('text');
    expect(reportError(undefined, { ...style, json: true })).to.include('"code":"bug"');
    expect(exitCodeOf(undefined)).to.equal(1);
  });

  it('colours its head only where colours are on', () => {
    expect(reportError(new PyraError('usage', 'no'), { ...style, paint: createPaint(true) })).to.match(
      /^\u001b\[31mpyra:\u001b\[39m no\n$/,
    );
  });
});
