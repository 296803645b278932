import type { PluginContext, ToolAnswer } from 'pyra/plugin';
import { ToolFailure } from 'pyra/plugin';
import { davServer } from './dav-server.js';
import type { EventView } from './event-view.js';
import type { TimeWindow } from './expand-events.js';
import { type DayLimits, freeTimes } from './free-times.js';
import { callZone, findOccurrences } from './list-events.js';
import { parseWindow, spanText, wallText } from './local-time.js';

/** What `free` takes. */
export interface FreeArguments {
  readonly from: string;
  readonly to: string;
  readonly minutes: number;
  readonly dayStart?: string;
  readonly dayEnd?: string;
  readonly weekdays?: boolean;
  readonly timezone?: string;
  readonly account?: string;
}

const LONGEST_DAYS = 370;
const MOST_SLOTS = 100;

/** Finds times that no event in any calendar takes. */
export async function findFree(args: FreeArguments, context: PluginContext): Promise<ToolAnswer> {
  const server = await davServer(args.account, context);
  const home = callZone(args.timezone, server);
  const window = parseWindow(args.from, args.to, home, LONGEST_DAYS);
  const limits: DayLimits = {
    start: clock(args.dayStart ?? '00:00'),
    end: clock(args.dayEnd ?? '24:00'),
    weekdays: args.weekdays === true,
  };
  if (limits.end <= limits.start) throw new ToolFailure('dayEnd has to be after dayStart');
  const { found, cut, unreadable } = await findOccurrences(server, window, home, undefined);
  const busy = found
    .filter(({ view }) => !view.free && !isDeclined(view, server.addresses))
    .map(({ occurrence }): TimeWindow => ({ start: occurrence.start, end: occurrence.end }));
  const slots = freeTimes(busy, window, args.minutes * 60_000, limits, home);
  const shown = slots.slice(0, MOST_SLOTS);
  const lines = [
    `${slots.length === 0 ? 'no time' : slots.length === 1 ? '1 time' : `${slots.length} times`} of at least ${args.minutes} minutes free in all calendars (times in ${home.id})${shown.length < slots.length ? `, the first ${shown.length}` : ''}:`,
    ...shown.map(({ start, end }) => `${spanText(home.wallOf(start), home.wallOf(end), false)} (${duration(end - start)})`),
    ...(cut.length > 0 ? [`(not all of ${cut.join(', ')} could be taken into account: it recurs too often)`] : []),
    ...(unreadable > 0 ? [`(${unreadable} entries could not be read, and may take time)`] : []),
  ];
  return {
    text: lines.join('\n'),
    data: {
      account: server.account.name,
      timezone: home.id,
      free: shown.map(({ start, end }) => ({
        start: new Date(start).toISOString(),
        end: new Date(end).toISOString(),
        local: wallText(home.wallOf(start)),
        minutes: Math.floor((end - start) / 60_000),
      })),
    },
    source: server.account.url.host,
  };
}

/** What the person has said no to takes no time. */
function isDeclined({ attendees }: EventView, own: readonly string[]): boolean {
  const addresses = new Set(own.map((address) => address.toLowerCase()));
  return attendees.some(({ address, answer }) => answer === 'declined' && addresses.has(address.toLowerCase()));
}

function clock(text: string): number {
  const [hours, minutes] = text.split(':').map(Number);
  return ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000;
}

function duration(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours === 0 ? `${rest} min` : rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
