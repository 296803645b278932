import { expect } from 'chai';
import { readCalendarFile } from './calendar-file.js';
import { eventView, instanceText } from './event-view.js';
import { expandEvents } from './expand-events.js';
import { ianaZone, type Zone } from './time-zone.js';

const zone = (id: string): Zone => ianaZone(id) ?? expect.fail(id);
const BERLIN = zone('Europe/Berlin');

const DEFINED = `BEGIN:VTIMEZONE
TZID:Somewhere
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
`;

const event = (...lines: readonly string[]) =>
  ['BEGIN:VEVENT', 'UID:e', ...(lines.some((line) => line.startsWith('SUMMARY')) ? [] : ['SUMMARY:x']), ...lines, 'END:VEVENT', ''].join(
    '\n',
  );
const wrapped = (...parts: readonly string[]) => `BEGIN:VCALENDAR\nVERSION:2.0\n${parts.join('')}END:VCALENDAR\n`;

function expanded(text: string, from: string, to: string, home: Zone = BERLIN) {
  const file = readCalendarFile(text, 'vevent') ?? expect.fail('not read');
  return expandEvents(file, { start: Date.parse(from), end: Date.parse(to) }, home);
}

/** The starts of what happens in a window, as instants. */
function starts(text: string, from: string, to: string, home: Zone = BERLIN): readonly string[] {
  return expanded(text, from, to, home).occurrences.map(({ start }) => new Date(start).toISOString().slice(0, 16));
}

const YEAR = ['2026-01-01T00:00Z', '2027-01-01T00:00Z'] as const;

describe('expanding events', () => {
  it('keeps the wall time over the change to summer time and back, with the rules of the file and those of Node', () => {
    for (const id of ['Somewhere', 'Europe/Berlin', 'W. Europe Standard Time', '/x.org/20260101_1/Europe/Berlin']) {
      const spring = wrapped(DEFINED, event(`DTSTART;TZID=${id}:20260322T093000`, 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=3'));
      expect(starts(spring, ...YEAR), id).to.deep.equal(['2026-03-22T08:30', '2026-03-29T07:30', '2026-04-05T07:30']);
      const autumn = wrapped(DEFINED, event(`DTSTART;TZID=${id}:20261018T093000`, 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=3'));
      expect(starts(autumn, ...YEAR), id).to.deep.equal(['2026-10-18T07:30', '2026-10-25T08:30', '2026-11-01T08:30']);
    }
    const newYork = wrapped(event('DTSTART;TZID=America/New_York:20260306T140000', 'RRULE:FREQ=WEEKLY;UNTIL=20260320T180000Z'));
    expect(starts(newYork, ...YEAR)).to.deep.equal(['2026-03-06T19:00', '2026-03-13T18:00', '2026-03-20T18:00']);
  });

  it('reads a time that the clock leaves out with the offset before it, and one that there is twice as the first', () => {
    for (const id of ['Somewhere', 'Europe/Berlin']) {
      const daily = (start: string) => wrapped(DEFINED, event(`DTSTART;TZID=${id}:${start}`, 'RRULE:FREQ=DAILY;COUNT=3'));
      expect(starts(daily('20260328T023000'), ...YEAR), id).to.deep.equal(['2026-03-28T01:30', '2026-03-29T01:30', '2026-03-30T00:30']);
      expect(starts(daily('20261024T023000'), ...YEAR), id).to.deep.equal(['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30']);
    }
  });

  it('leaves out EXDATE, adds RDATE, and shows a moved occurrence where it is and not where it was', () => {
    const text = wrapped(
      event(
        'DTSTART;TZID=Europe/Berlin:20260302T093000',
        'DTEND;TZID=Europe/Berlin:20260302T100000',
        'RRULE:FREQ=WEEKLY;UNTIL=20260323T083000Z',
        'EXDATE;TZID=Europe/Berlin:20260309T093000',
        'RDATE;TZID=Europe/Berlin:20260311T080000',
      ),
      event('RECURRENCE-ID:20260316T083000Z', 'SUMMARY:moved', 'DTSTART;TZID=Europe/Berlin:20260420T150000', 'DURATION:PT2H'),
    );
    expect(starts(text, ...YEAR)).to.deep.equal(['2026-03-02T08:30', '2026-03-11T07:00', '2026-03-23T08:30', '2026-04-20T13:00']);
    const [moved] = expanded(text, '2026-04-20T00:00Z', '2026-04-21T00:00Z').occurrences;
    expect(moved?.instance).to.include({ date: false });
    expect(moved === undefined ? '' : instanceText(moved.instance ?? moved.from)).to.equal('2026-03-16T08:30Z');
    expect(starts(text, '2026-03-16T00:00Z', '2026-03-17T00:00Z')).to.deep.equal([]);
  });

  it('lets an exception rule all that follow it (THISANDFUTURE)', () => {
    const text = wrapped(
      event('DTSTART;TZID=Europe/Berlin:20260316T090000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=4'),
      event(
        'RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260323T090000',
        'SUMMARY:later',
        'DTSTART;TZID=Europe/Berlin:20260324T103000',
        'DURATION:PT2H',
      ),
    );
    const { occurrences } = expanded(text, ...YEAR);
    expect(
      occurrences.map(({ start, end, component }) => [
        new Date(start).toISOString().slice(0, 16),
        (end - start) / 3_600_000,
        eventView(component).title,
      ]),
    ).to.deep.equal([
      ['2026-03-16T08:00', 1, 'x'],
      ['2026-03-24T09:30', 2, 'later'],
      ['2026-03-31T08:30', 2, 'later'],
      ['2026-04-07T08:30', 2, 'later'],
    ]);
  });

  it('takes whole days and floating times in the zone of whoever looks', () => {
    const days = wrapped(event('DTSTART;VALUE=DATE:20260328', 'DTEND;VALUE=DATE:20260330'));
    const [range] = expanded(days, ...YEAR).occurrences;
    expect([range?.start, range?.end].map((at) => new Date(at ?? 0).toISOString())).to.deep.equal([
      '2026-03-27T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    expect(range?.allDay).to.equal(true);
    const yearly = wrapped(event('DTSTART;VALUE=DATE:20200517', 'RRULE:FREQ=YEARLY'));
    expect(starts(yearly, ...YEAR, zone('America/New_York'))).to.deep.equal(['2026-05-17T04:00']);
    const floating = wrapped(event('DTSTART:20260313T080000'));
    expect(starts(floating, ...YEAR)).to.deep.equal(['2026-03-13T07:00']);
    expect(starts(floating, ...YEAR, zone('America/New_York'))).to.deep.equal(['2026-03-13T12:00']);
  });

  it('shows what began before the window and still lasts, and nothing that only touches it', () => {
    const long = wrapped(event('DTSTART:20260301T100000Z', 'DTEND:20260305T100000Z'));
    expect(starts(long, '2026-03-04T00:00Z', '2026-03-04T01:00Z')).to.have.length(1);
    expect(starts(long, '2026-03-05T10:00Z', '2026-03-05T11:00Z')).to.have.length(0);
    expect(starts(long, '2026-02-28T10:00Z', '2026-03-01T10:00Z')).to.have.length(0);
  });

  const RULES: readonly (readonly [string, string, readonly string[]])[] = [
    ['FREQ=MONTHLY;BYDAY=2FR;COUNT=3', '20260109T140000', ['2026-01-09', '2026-02-13', '2026-03-13']],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3', '20260130T100000', ['2026-01-30', '2026-02-27', '2026-03-31']],
    ['FREQ=MONTHLY;BYDAY=WE;BYSETPOS=3;COUNT=3', '20260218T100000', ['2026-02-18', '2026-03-18', '2026-04-15']],
    ['FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3', '20260131T100000', ['2026-01-31', '2026-03-31', '2026-05-31']],
    ['FREQ=MONTHLY;COUNT=3', '20260131T100000', ['2026-01-31', '2026-03-31', '2026-05-31']],
    ['FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3', '20260131T100000', ['2026-01-31', '2026-02-28', '2026-03-31']],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO;COUNT=4', '20260106T100000', ['2026-01-06', '2026-01-11', '2026-01-20', '2026-01-25']],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU;COUNT=4', '20260106T100000', ['2026-01-06', '2026-01-18', '2026-01-20', '2026-02-01']],
    ['FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO', '20201228T100000', ['2026-12-28']],
    ['FREQ=DAILY;INTERVAL=100', '20200101T100000', ['2026-01-09', '2026-04-19', '2026-07-28', '2026-11-05']],
    ['FREQ=DAILY;BYMONTH=2;BYDAY=SA', '20000101T100000', ['2026-02-07', '2026-02-14', '2026-02-21', '2026-02-28']],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', '20250105T100000', []],
  ];
  for (const [rule, start, days] of RULES) {
    it(`follows ${rule}`, () => {
      const found = starts(wrapped(event(`DTSTART:${start}Z`, `RRULE:${rule}`)), ...YEAR);
      expect(found.map((at) => at.slice(0, 10))).to.deep.equal(days);
    });
  }

  it('leaves out 29 February where there is none', () => {
    const leap = wrapped(event('DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY'));
    expect(starts(leap, '2024-01-01T00:00Z', '2030-01-01T00:00Z')).to.deep.equal(['2024-02-28T23:00', '2028-02-28T23:00']);
  });

  it('is done soon with a rule for every second, and says that there is more', () => {
    for (const rule of ['FREQ=SECONDLY', 'FREQ=SECONDLY;BYMONTH=1', 'FREQ=MINUTELY;BYHOUR=3;BYMONTH=5', 'FREQ=HOURLY;COUNT=1000000']) {
      const began = performance.now();
      const { occurrences, cut } = expanded(wrapped(event('DTSTART:20200601T000000Z', `RRULE:${rule}`)), ...YEAR);
      expect(performance.now() - began, rule).to.be.below(2_000);
      expect(cut, rule).to.equal(true);
      expect(occurrences.length, rule).to.be.at.most(2_000);
    }
  });

  it('takes no definition of a time zone that would fill all memory', () => {
    const began = performance.now();
    for (const rule of ['FREQ=SECONDLY', 'FREQ=YEARLY;BYDAY=MO,TU,WE', 'FREQ=YEARLY;BYHOUR=1,2,3;BYMINUTE=1,2,3']) {
      const part = [
        'BEGIN:STANDARD',
        'DTSTART:19000101T000000',
        `RRULE:${rule}`,
        'TZOFFSETFROM:+0100',
        'TZOFFSETTO:+0200',
        'END:STANDARD',
        '',
      ];
      const zone = `BEGIN:VTIMEZONE\nTZID:their own\n${part.join('\n').repeat(50)}END:VTIMEZONE\n`;
      expect(starts(wrapped(zone, event('DTSTART;TZID=their own:20260105T090000')), ...YEAR), rule).to.have.length(1);
    }
    expect(performance.now() - began).to.be.below(2_000);
  });

  it('is done soon with an event of thousands of rules, and with many events with a slow one', function () {
    this.timeout(20_000);
    const slow = 'RRULE:FREQ=SECONDLY;BYMONTH=1';
    const many = wrapped(event('DTSTART:20200601T000000Z', ...Array.from({ length: 3_000 }, () => slow)));
    const others = Array.from({ length: 200 }, (_, number) =>
      event('DTSTART:20200601T000000Z', slow).replace(/^UID:.*$/m, `UID:slow-${number}`),
    );
    const began = performance.now();
    expect(expanded(many, ...YEAR).cut).to.equal(true);
    for (const one of others) expanded(wrapped(one), ...YEAR);
    expect(performance.now() - began).to.be.below(12_000);
    const honest = starts(wrapped(event('DTSTART:20260105T090000Z', 'RRULE:FREQ=WEEKLY;COUNT=3')), ...YEAR);
    expect(honest).to.have.length(3);
  });

  it('gives nothing for what cannot be read, and one occurrence for a rule that cannot', () => {
    expect(readCalendarFile('BEGIN:VCALENDAR\nBEGIN:VEVENT', 'vevent')?.components ?? []).to.deep.equal([]);
    expect(readCalendarFile('no calendar at all', 'vevent')).to.equal(undefined);
    expect(starts(wrapped(event('SUMMARY:no start')), ...YEAR)).to.deep.equal([]);
    const { occurrences, cut } = expanded(wrapped(event('DTSTART:20260301T100000Z', 'RRULE:FREQ=NEVER')), ...YEAR);
    expect([occurrences.length, cut]).to.deep.equal([1, true]);
    expect(starts(wrapped(event('DTSTART;TZID=Nowhere/At_All:20260301T100000')), ...YEAR)).to.deep.equal(['2026-03-01T09:00']);
  });
});
