import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import { accountOf } from './account.js';

const ANSWERS = { address: 'pyra@example.test', imap_host: 'imap.example.test', smtp_host: 'smtp.example.test' };

describe('accounts', () => {
  it('fill in what was not answered: the user is the address, and every connection is encrypted', () => {
    expect(accountOf(undefined, { accounts: { main: ANSWERS } })).to.deep.equal({
      name: 'main',
      address: 'pyra@example.test',
      user: 'pyra@example.test',
      auth: 'password',
      imap: { host: 'imap.example.test', port: 993, tls: 'tls' },
      smtp: { host: 'smtp.example.test', port: 465, tls: 'tls' },
    });
  });

  it('take a port that was given as text', () => {
    expect(accountOf('main', { accounts: { main: { ...ANSWERS, imap_port: '1143', imap_tls: 'starttls' } } }).imap).to.deep.equal({
      host: 'imap.example.test',
      port: 1143,
      tls: 'starttls',
    });
  });

  it('are the only one, or main, when none is named', () => {
    expect(accountOf(undefined, { accounts: { work: ANSWERS } }).name).to.equal('work');
    expect(accountOf(undefined, { accounts: { work: ANSWERS, main: ANSWERS } }).name).to.equal('main');
  });

  it('that are not there are refused with the names of those that are', () => {
    const accounts = { work: ANSWERS, home: ANSWERS };
    expect(() => accountOf('main', { accounts })).to.throw(ToolFailure, 'there is no e-mail account main; there are work, home');
    expect(() => accountOf(undefined, { accounts })).to.throw(ToolFailure, 'there are work, home');
    expect(() => accountOf('constructor', { accounts })).to.throw(ToolFailure, 'no e-mail account constructor');
  });

  it('say how to set one up when there is none, or when the server is missing', () => {
    expect(() => accountOf(undefined, { accounts: {} })).to.throw(ToolFailure, 'pyra plugin setup email');
    expect(() => accountOf('work', { accounts: { work: { address: 'a@b.c' } } })).to.throw(
      ToolFailure,
      'pyra plugin setup email --account work',
    );
  });
});
