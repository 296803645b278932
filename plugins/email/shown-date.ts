/** The time zone of the person: that of the account when it names one, else that of this machine. */
export function zoneOf({ timezone }: { readonly timezone?: string }): string {
  return timezone !== undefined && isZone(timezone) ? timezone : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether the name of a time zone is one that the runtime knows. */
export function isZone(zone: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** A time as `Thu 2026-03-05 14:00`, in a time zone. */
export function shownDate(date: Date, zone: string): string {
  const format = formatFor(zone);
  const parts = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
  return `${parts.weekday} ${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
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
