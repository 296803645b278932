import { expect } from 'chai';
import { freeTimes } from './free-times.js';
import { ianaZone } from './time-zone.js';

const BERLIN = ianaZone('Europe/Berlin') ?? expect.fail();
const DAY = 86_400_000;
const at = (text: string) => Date.parse(text);
const window = (start: string, end: string) => ({ start: at(start), end: at(end) });
const ALL_DAY = { start: 0, end: DAY, weekdays: false };
const shown = (times: readonly { readonly start: number; readonly end: number }[]) =>
  times.map(({ start, end }) => `${new Date(start).toISOString().slice(5, 16)}/${new Date(end).toISOString().slice(5, 16)}`);

describe('free times', () => {
  it('are the gaps between what overlaps, touches and lies in each other', () => {
    const busy = [
      window('2026-03-02T09:00Z', '2026-03-02T12:00Z'),
      window('2026-03-02T10:00Z', '2026-03-02T11:00Z'),
      window('2026-03-02T12:00Z', '2026-03-02T13:00Z'),
      window('2026-03-02T08:00Z', '2026-03-02T08:00Z'),
      window('2026-03-02T13:20Z', '2026-03-02T14:00Z'),
    ];
    const free = freeTimes(busy, window('2026-03-02T07:00Z', '2026-03-02T16:00Z'), 30 * 60_000, ALL_DAY, BERLIN);
    expect(shown(free)).to.deep.equal(['03-02T07:00/03-02T09:00', '03-02T14:00/03-02T16:00']);
  });

  it('keep to the hours of a day by the wall clock, over the change to summer time', () => {
    const limits = { start: 9 * 3_600_000, end: 10 * 3_600_000, weekdays: false };
    const free = freeTimes([], window('2026-03-27T23:00Z', '2026-03-30T22:00Z'), 60 * 60_000, limits, BERLIN);
    expect(shown(free)).to.deep.equal(['03-28T08:00/03-28T09:00', '03-29T07:00/03-29T08:00', '03-30T07:00/03-30T08:00']);
  });

  it('leave out the weekend when asked, and join days that have no limits', () => {
    const free = freeTimes([], window('2026-03-26T23:00Z', '2026-03-31T22:00Z'), 1, { ...ALL_DAY, weekdays: true }, BERLIN);
    expect(shown(free)).to.deep.equal(['03-26T23:00/03-27T23:00', '03-29T22:00/03-31T22:00']);
  });

  it('are none when everything is taken', () => {
    expect(
      freeTimes([window('2026-03-01T00:00Z', '2026-03-05T00:00Z')], window('2026-03-02T00:00Z', '2026-03-03T00:00Z'), 1, ALL_DAY, BERLIN),
    ).to.deep.equal([]);
  });
});
