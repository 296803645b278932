/** The time zone of the person: that of the account when it names one, else that of this machine. */
export function zoneOf({ timezone }: { readonly timezone?: string }): string {
  if (timezone !== undefined && isZone(timezone)) return timezone;
  machineZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return machineZone;
}

let machineZone: string | undefined;
const known = new Map<string, boolean>();

/** Whether the name of a time zone is one that the runtime knows; looked up once, since it takes long. */
export function isZone(zone: string): boolean {
  const answer = known.get(zone) ?? isKnown(zone);
  if (known.size < 1_000) known.set(zone, answer);
  return answer;
}

function isKnown(zone: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** A time as `Thu 2026-03-05 14:00`, in a time zone. */
export function shownDate(date: Date, zone: string): string {
  const parts = Object.fromEntries(
    formatFor(zone)
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.weekday} ${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
  const made = formats.get(zone);
  if (made !== undefined) return made;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: isZone(zone) ? zone : 'UTC',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(zone, format);
  return format;
}
