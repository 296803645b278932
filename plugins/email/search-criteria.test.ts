import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import { searchCriteria } from './search-criteria.js';

describe('criteria of a search', () => {
  it('are none without filters, so that every message is meant', () => {
    expect(searchCriteria({}, { gmail: false })).to.equal(undefined);
    expect(searchCriteria({ query: '  ', from: '' }, { gmail: false })).to.equal(undefined);
  });

  it('want every word, and words in quotes together', () => {
    expect(searchCriteria({ query: 'offer "for ACME" 2026' }, { gmail: false })).to.deep.equal({
      text: 'offer',
      not: { not: { text: 'for ACME', not: { not: { text: '2026' } } } },
    });
  });

  it('hold no end of a line, with which another command could begin', () => {
    expect(searchCriteria({ subject: 'a\r\nZ1 DELETE INBOX', query: 'b\u0000c\nd' }, { gmail: false })).to.deep.equal({
      subject: 'a Z1 DELETE INBOX',
      text: 'b',
      not: { not: { text: 'c', not: { not: { text: 'd' } } } },
    });
  });

  it('leave the query to Gmail as it is', () => {
    expect(searchCriteria({ query: 'has:attachment offer', unread: true }, { gmail: true })).to.deep.equal({
      gmraw: 'has:attachment offer',
      seen: false,
    });
  });

  it('take days as they are written', () => {
    expect(searchCriteria({ since: '2026-03-01', before: '2026-03-31T12:00:00Z' }, { gmail: false })).to.deep.equal({
      since: new Date('2026-03-01T00:00:00Z'),
      before: new Date('2026-03-31T00:00:00Z'),
    });
  });

  it('begin days in the time zone of the person where the server can search so', () => {
    expect(searchCriteria({ since: '2026-03-29', before: '2026-03-30' }, { gmail: false, zone: 'Europe/Berlin' })).to.deep.equal({
      since: new Date('2026-03-28T23:00:00Z'),
      before: new Date('2026-03-29T22:00:00Z'),
    });
  });

  for (const day of ['yesterday', '2026-02-30', '31.03.2026', '2026-3-1']) {
    it(`refuse ${day} as a day`, () => {
      expect(() => searchCriteria({ since: day }, { gmail: false })).to.throw(
        ToolFailure,
        `since must be a day such as 2026-03-31, not "${day}"`,
      );
    });
  }
});
