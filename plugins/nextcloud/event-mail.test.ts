import { expect } from 'chai';
import { readCalendarFile } from './calendar-file.js';
import type { DavServer } from './dav-server.js';
import { isNamed, mailRecipients } from './event-mail.js';

const server = (sendsInvitations: boolean): DavServer => ({
  account: { name: 'main', url: new URL('https://cloud.example.test'), user: 'me', password: 'x', setup: 'setup' },
  signal: new AbortController().signal,
  collections: [],
  addresses: ['Me@example.test'],
  sendsInvitations,
});

const file = (organizer: string, ...attendees: readonly string[]) =>
  readCalendarFile(
    [
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'UID:1',
      'DTSTART:20260301T100000Z',
      `ORGANIZER:mailto:${organizer}`,
      ...attendees.map((one) => `ATTENDEE:mailto:${one}`),
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ].join('\r\n'),
    'vevent',
  ) ?? expect.fail('not read');

describe('mail that a server sends about events', () => {
  it('goes to everyone else who was asked to come to an own event', () => {
    expect(mailRecipients(server(true), file('me@example.test', 'ME@example.test', 'Bob@example.test'), false)).to.deep.equal([
      'bob@example.test',
    ]);
  });

  it("goes to the organiser when someone else's event is deleted, and to nobody when it is changed", () => {
    expect(mailRecipients(server(true), file('alice@example.test', 'me@example.test', 'bob@example.test'), true)).to.deep.equal([
      'alice@example.test',
    ]);
    expect(mailRecipients(server(true), file('alice@example.test', 'me@example.test'), false)).to.deep.equal([]);
  });

  it('goes to nobody where the server sends none', () => {
    expect(mailRecipients(server(false), file('me@example.test', 'bob@example.test'), true)).to.deep.equal([]);
  });

  it('is allowed to whom a call names, with or without a name', () => {
    expect(isNamed('bob@example.test', ['Bob <Bob@example.test>'])).to.equal(true);
    expect(isNamed('bob@example.test', ['bob@example.test'])).to.equal(true);
    expect(isNamed('bob@example.test', ['Bob bob@example.test <eve@example.test>'])).to.equal(false);
    expect(isNamed('bob@example.test', undefined)).to.equal(false);
  });
});
