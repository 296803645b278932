import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import { messageOf } from '../../../../src/adapters/plugins/handler-answer.js';

describe('what a handler threw, in words', () => {
  it('has the cause, where fetch says why it failed', () => {
    const failed = new TypeError('fetch failed', { cause: new Error('egress refused: a.org:443 is not declared') });
    expect(messageOf(failed)).to.equal('TypeError: fetch failed: egress refused: a.org:443 is not declared');
    expect(messageOf(new Error('lost', { cause: new Error('') }))).to.equal('Error: lost');
    expect(messageOf(new Error('lost', { cause: 'a text' }))).to.equal('Error: lost');
  });

  it('is the message alone of a failure that was expected', () => {
    expect(messageOf(new ToolFailure('no such mail'))).to.equal('no such mail');
    expect(messageOf('a text')).to.equal('it threw what is no error');
  });
});
