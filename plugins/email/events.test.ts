import { expect } from 'chai';
import { invitationEvents } from './invitation-events.js';
import { textEvents } from './text-events.js';

const ORIGIN = { subject: 'Re: Plan', date: new Date('2026-03-08T04:00:00Z'), timezone: 'Europe/Berlin' };
const starts = (text: string, origin = ORIGIN): readonly string[] =>
  textEvents(text, origin).map(({ event }) => (event.start === event.end ? event.start : `${event.start} – ${event.end}`));

describe('invitations with a time zone of their own', () => {
  const invitation = (rule: string, repeated = 1): string =>
    [
      ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'METHOD:REQUEST', 'BEGIN:VTIMEZONE', 'TZID:their own'],
      ...Array.from({ length: repeated }, () => [
        ...['BEGIN:STANDARD', 'DTSTART:16010101T000000', `RRULE:${rule}`, 'TZOFFSETFROM:+0300', 'TZOFFSETTO:+0300', 'END:STANDARD'],
      ]).flat(),
      ...[
        'END:VTIMEZONE',
        'BEGIN:VEVENT',
        'UID:1',
        'DTSTART;TZID=their own:20260105T090000',
        'SUMMARY:x',
        'END:VEVENT',
        'END:VCALENDAR',
        '',
      ],
    ].join('\r\n');

  it('are read where a clock could follow it', () => {
    const [found] = invitationEvents(invitation('FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10'));
    expect(found?.event.start).to.equal('2026-01-05T06:00Z');
  });

  it('do not fill all memory where none could', () => {
    const began = performance.now();
    for (const rule of ['FREQ=SECONDLY', 'FREQ=YEARLY;BYDAY=MO,TU,WE', 'FREQ=YEARLY;BYHOUR=1,2,3;BYMINUTE=1,2,3']) {
      expect(invitationEvents(invitation(rule, 50)), rule).to.have.length(1);
    }
    expect(performance.now() - began).to.be.below(2_000);
  });
});

describe('appointments in free text', () => {
  const cases: readonly (readonly [text: string, events: readonly string[]])[] = [
    ['Wir treffen uns am 17. März 2026 um 15 Uhr.', ['2026-03-17T15:00 – 2026-03-17T16:00']],
    ['Die Feier ist am Freitag, den 20.3.2026 von 18:30 bis 21:00 Uhr.', ['2026-03-20T18:30 – 2026-03-20T21:00']],
    ['Wir sehen uns morgen um 10 Uhr, und bitte pünktlich.', ['2026-03-09T10:00 – 2026-03-09T11:00']],
    ['Das geht nur am 24.12. um 18 Uhr, ist das gut?', ['2026-12-24T18:00 – 2026-12-24T19:00']],
    ['Es ist am 3.1. um 9 Uhr, und nicht um zehn.', ['2027-01-03T09:00 – 2027-01-03T10:00']],
    ['Der Urlaub ist vom 3. bis 5. April 2026 und nicht im Mai.', ['2026-04-03 – 2026-04-05']],
    ['Let us meet on Thursday at 12:30, if you are free.', ['2026-03-12T12:30 – 2026-03-12T13:30']],
    ['The call is on March 24, 2026 at 3pm EST.', ['2026-03-24T15:00-05:00 – 2026-03-24T16:00-05:00']],
    ['The workshop is next Tuesday 9-11am and it is for you.', ['2026-03-10T09:00 – 2026-03-10T11:00']],
    ['Our holiday is on April 3, 2026.', ['2026-04-03']],
    ['The review on 2026-04-01 is moved to 2026-04-02 at 14:00.', ['2026-04-01', '2026-04-02T14:00 – 2026-04-02T15:00']],
    ['The offer is 12,000 EUR and the room is 4711. Have a nice Friday!', []],
    ['Guten Morgen, das ist die Rechnung Nr. 17 und wir bitten um Geduld.', []],
    ['The invoice of January 3, 2026 is paid.', []],
    ['On Thu, Mar 12, 2026 at 10:00 AM Alice wrote:\n> on March 13, 2026 at 9:00\nYes.', []],
    ['Am 12.03.2026 um 10:00 schrieb Alice:\n> Treffen am 13. März 2026 um 9 Uhr\nJa, das ist gut.', []],
    ['Date: Mon, 9 Mar 2026 10:00\nSubject: the plan of the day', []],
  ];
  for (const [text, events] of cases) {
    it(`finds ${events.length === 0 ? 'nothing' : events.join(' and ')} in "${text.replaceAll('\n', ' / ')}"`, () => {
      expect(starts(text)).to.deep.equal(events);
    });
  }

  it('gives each with a title, the time zone, the place and the sentence', () => {
    const text =
      'Hallo,\n\nwir treffen uns am 17. März 2026 um 15 Uhr im Café Central. Bring bitte die Pläne mit.\n\nGruß\n-- \nam 1.1.2030 um 8 Uhr';
    expect(textEvents(text, ORIGIN)).to.deep.equal([
      {
        event: {
          title: 'Plan',
          start: '2026-03-17T15:00',
          end: '2026-03-17T16:00',
          timezone: 'Europe/Berlin',
          location: 'Café Central',
          description: 'wir treffen uns am 17. März 2026 um 15 Uhr im Café Central.',
        },
        kind: 'text',
        sentence: 'wir treffen uns am 17. März 2026 um 15 Uhr im Café Central.',
      },
    ]);
  });

  const places: readonly (readonly [text: string, location: string | undefined])[] = [
    ['We meet on March 17, 2026 at 15:00 in Room 4.2.\n', 'Room 4.2'],
    ['We meet on March 17, 2026 at 15:00 at Town Hall, and you?', 'Town Hall'],
    ['On March 17, 2026 at 15:00.\nLocation: Main street 5, Berlin', 'Main street 5, Berlin'],
    ['On March 17, 2026 at 15:00: https://us02web.zoom.us/j/123?pwd=x', 'https://us02web.zoom.us/j/123?pwd=x'],
    ['We meet on March 17, 2026 at 15:00.', undefined],
  ];
  for (const [text, location] of places) {
    it(`finds the place ${location} in "${text.replaceAll('\n', ' / ')}"`, () => {
      expect(textEvents(text, ORIGIN)[0]?.event.location).to.equal(location);
    });
  }

  it('means the day of the person and not that of UTC', () => {
    const late = { ...ORIGIN, date: new Date('2026-03-08T23:30:00Z') };
    expect(starts('Let us talk tomorrow at 10:00, will you?', late)[0]).to.match(/^2026-03-10T10:00/);
    expect(starts('Let us talk tomorrow at 10:00, will you?', { ...late, timezone: 'America/New_York' })[0]).to.match(/^2026-03-09T10:00/);
  });

  it('reads a sentence over lines that were broken for the way', () => {
    expect(starts('The meeting about the new building will be on Tuesday, March 17, 2026\nat 15:00 in the usual place.')).to.deep.equal([
      '2026-03-17T15:00 – 2026-03-17T16:00',
    ]);
  });

  it('is done in time with long and strange text', () => {
    const start = performance.now();
    for (const text of [
      'on May 5 at 3pm '.repeat(3_000),
      `${'1.'.repeat(20_000)}`,
      'am '.repeat(20_000),
      '9:00\n'.repeat(10_000),
      `on May 5, 2026 at 3pm${'\n'.repeat(40_000)}x`,
      'Aa. '.repeat(15_000),
    ]) {
      textEvents(text, ORIGIN);
    }
    expect(performance.now() - start).to.be.below(5_000);
  });
});

const calendar = (...lines: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//t//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: readonly string[]): readonly string[] => ['BEGIN:VEVENT', 'UID:1', 'SUMMARY:Talk', ...lines, 'END:VEVENT'];

describe('appointments in calendar files', () => {
  const cases: readonly (readonly [what: string, lines: readonly string[], draft: object])[] = [
    ['a time in UTC', ['DTSTART:20260310T090000Z', 'DTEND:20260310T100000Z'], { start: '2026-03-10T09:00Z', end: '2026-03-10T10:00Z' }],
    [
      'a time zone of IANA',
      ['DTSTART;TZID=America/New_York:20260310T090000', 'DURATION:PT90M'],
      { start: '2026-03-10T09:00', end: '2026-03-10T10:30', timezone: 'America/New_York' },
    ],
    [
      'a time zone of Windows',
      ['DTSTART;TZID=W. Europe Standard Time:20260310T090000', 'DTEND;TZID=W. Europe Standard Time:20260310T100000'],
      { start: '2026-03-10T09:00', end: '2026-03-10T10:00', timezone: 'Europe/Berlin' },
    ],
    [
      'a journey that ends in another time zone',
      ['DTSTART;TZID=Europe/Berlin:20260310T090000', 'DTEND;TZID=America/New_York:20260310T130000'],
      { start: '2026-03-10T09:00', end: '2026-03-10T17:00Z', timezone: 'Europe/Berlin' },
    ],
    ['a time without a zone', ['DTSTART:20260310T090000', 'DTEND:20260310T100000'], { start: '2026-03-10T09:00', end: '2026-03-10T10:00' }],
    [
      'whole days, the last one counted',
      ['DTSTART;VALUE=DATE:20260310', 'DTEND;VALUE=DATE:20260312'],
      { start: '2026-03-10', end: '2026-03-11', allDay: true },
    ],
    ['one whole day without an end', ['DTSTART;VALUE=DATE:20260310'], { start: '2026-03-10', end: '2026-03-10', allDay: true }],
    [
      'a repetition',
      ['DTSTART:20260310T090000Z', 'DTEND:20260310T100000Z', 'RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4'],
      { start: '2026-03-10T09:00Z', end: '2026-03-10T10:00Z', recurrence: 'FREQ=WEEKLY;COUNT=4;BYDAY=MO,WE' },
    ],
  ];
  for (const [what, lines, draft] of cases) {
    it(`reads ${what}`, () => {
      expect(invitationEvents(calendar('METHOD:REQUEST', ...event(...lines))).map((found) => found.event)).to.deep.equal([
        { title: 'Talk', ...draft },
      ]);
    });
  }

  it('works out a zone that only the file knows', () => {
    const zone = [
      'BEGIN:VTIMEZONE',
      'TZID:Our Own Zone',
      'BEGIN:STANDARD',
      'DTSTART:19700101T000000',
      'TZOFFSETFROM:+0300',
      'TZOFFSETTO:+0300',
      'END:STANDARD',
      'END:VTIMEZONE',
    ];
    const [found] = invitationEvents(calendar(...zone, ...event('DTSTART;TZID=Our Own Zone:20260310T120000', 'DURATION:PT1H')));
    expect(found?.event).to.deep.equal({ title: 'Talk', start: '2026-03-10T09:00Z', end: '2026-03-10T10:00Z' });
  });

  it('tells a cancellation, names who invites, and leaves answers of others out', () => {
    const lines = event('DTSTART:20260310T090000Z', 'ORGANIZER;CN=Alice:mailto:alice@example.test');
    expect(invitationEvents(calendar('METHOD:CANCEL', ...lines))[0]).to.include({
      kind: 'cancellation',
      sentence: 'Cancellation of "Talk" by Alice <alice@example.test>',
    });
    expect(invitationEvents(calendar('METHOD:REPLY', ...lines))).to.deep.equal([]);
  });

  for (const text of [
    '',
    'rubbish',
    'BEGIN:VCALENDAR',
    'BEGIN:VCARD\r\nEND:VCARD\r\n',
    calendar(...event('DTSTART:rubbish')),
    calendar('BEGIN:VEVENT', 'END:VEVENT'),
  ]) {
    it(`finds nothing in ${JSON.stringify(text.slice(0, 120))}`, () => {
      expect(invitationEvents(text)).to.deep.equal([]);
    });
  }
});
