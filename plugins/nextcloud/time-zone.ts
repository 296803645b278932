import type ICAL from 'ical.js';

/**
 * A time zone. Wall times are numbers too: the milliseconds that the same date and time would have in UTC. A wall time that there is twice
 * (the clock goes back) is the first one; one that there is not (the clock goes forward) is read with the offset before (RFC 5545, 3.3.5).
 */
export interface Zone {
  readonly id: string;
  /** Milliseconds since 1970 at a wall time. */
  instantOf(wall: number): number;
  /** The wall time at milliseconds since 1970. */
  wallOf(instant: number): number;
}

const DAY = 86_400_000;
const QUARTER = 900_000;

/** Coordinated universal time. */
export const UTC: Zone = { id: 'UTC', instantOf: (wall) => wall, wallOf: (instant) => instant };

const known = new Map<string, Zone | undefined>();

/** The zone of an IANA id, with the rules that Node brings; `undefined` when there is none of that name. */
export function ianaZone(id: string): Zone | undefined {
  if (/^(?:etc\/)?(?:utc|gmt|z|uct|zulu)$/i.test(id)) return UTC;
  if (known.has(id)) return known.get(id);
  const zone = makeZone(id);
  if (known.size > 1_000) known.clear();
  known.set(id, zone);
  return zone;
}

function makeZone(id: string): Zone | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: id, hourCycle: 'h23', ...PARTS });
  } catch {
    return undefined;
  }
  // Offsets change at quarters of an hour only, since 1972.
  const offsets = new Map<number, number>();
  const offsetAt = (instant: number): number => {
    const quarter = Math.floor(instant / QUARTER);
    const cached = offsets.get(quarter);
    if (cached !== undefined) return cached;
    if (offsets.size > 50_000) offsets.clear();
    const offset = wallAt(format, quarter * QUARTER) - quarter * QUARTER;
    offsets.set(quarter, offset);
    return offset;
  };
  return {
    id,
    wallOf: (instant) => instant + offsetAt(instant),
    instantOf(wall) {
      const before = offsetAt(wall - DAY);
      const after = offsetAt(wall + DAY);
      if (before === after || offsetAt(wall - before) === before) return wall - before;
      return offsetAt(wall - after) === after ? wall - after : wall - before;
    },
  };
}

const PARTS = {
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
  era: 'short',
} as const;

function wallAt(format: Intl.DateTimeFormat, instant: number): number {
  const part: Record<string, number> = {};
  let before = false;
  for (const { type, value } of format.formatToParts(instant)) {
    if (type === 'era') before = value === 'BC';
    else part[type] = Number(value);
  }
  const year = before ? 1 - (part.year ?? 0) : (part.year ?? 0);
  const date = new Date(0);
  date.setUTCFullYear(year, (part.month ?? 1) - 1, part.day ?? 1);
  date.setUTCHours(part.hour ?? 0, part.minute ?? 0, part.second ?? 0);
  return date.getTime();
}

/** The zone that a calendar file defines itself. `timeAt` makes a time of ical.js of a wall time. */
export function fileZone(zone: ICAL.Timezone, timeAt: (wall: number) => ICAL.Time): Zone {
  const offsets = new Map<number, number>();
  const offsetAt = (wall: number): number => {
    const cached = offsets.get(wall);
    if (cached !== undefined) return cached;
    const offset = zone.utcOffset(timeAt(wall)) * 1_000;
    offsets.set(wall, offset);
    return offset;
  };
  // ical.js takes the later offset both for a wall time that there is twice and for one that there is not.
  const rightOffset = (wall: number): number => {
    const later = offsetAt(wall);
    const earlier = offsetAt(wall - 3 * 3_600_000);
    return later !== earlier && offsetAt(wall - Math.abs(later - earlier)) === earlier ? earlier : later;
  };
  return {
    id: zone.tzid,
    instantOf: (wall) => wall - rightOffset(wall),
    wallOf(instant) {
      const first = instant + offsetAt(instant);
      return instant + offsetAt(first - Math.max(0, offsetAt(first) - offsetAt(instant)));
    },
  };
}
