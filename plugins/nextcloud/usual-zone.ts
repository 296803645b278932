import type ICAL from 'ical.js';

const MOST_PARTS = 100;
const MOST_DATES = 500;
const EARLIEST_YEAR = 1_600;
const USUAL = ['BYMONTH', 'BYDAY', 'BYMONTHDAY'];

/**
 * Whether a definition of a time zone is one that a clock could follow: it changes a few times a year, from the time of the first calendars of
 * today. ical.js works out every change up to today, and a stranger's "each second" would take all memory.
 */
export function isUsualZone(zone: ICAL.Component): boolean {
  const parts = zone.getAllSubcomponents();
  return parts.length <= MOST_PARTS && parts.every(isUsualPart);
}

function isUsualPart(part: ICAL.Component): boolean {
  try {
    const dates = part.getAllProperties('rdate').reduce((sum, property) => sum + property.getValues().length, 0);
    const rules = part.getAllProperties('rrule').map((property) => property.getFirstValue() as ICAL.Recur);
    const start = part.getFirstPropertyValue('dtstart') as ICAL.Time | null;
    return dates <= MOST_DATES && rules.length <= 1 && (start?.year ?? EARLIEST_YEAR) >= EARLIEST_YEAR && rules.every(isUsualRule);
  } catch {
    return false;
  }
}

function isUsualRule({ freq, parts }: ICAL.Recur): boolean {
  const given = parts as Readonly<Record<string, readonly unknown[] | undefined>>;
  const count = (name: string): number => given[name]?.length ?? 0;
  return (
    freq === 'YEARLY' &&
    Object.keys(given).every((name) => USUAL.includes(name)) &&
    count('BYMONTH') <= 1 &&
    count('BYDAY') <= 1 &&
    count('BYMONTHDAY') <= 7 &&
    (count('BYDAY') === 0 || count('BYMONTH') === 1)
  );
}
