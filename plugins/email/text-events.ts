import type { ParsedComponents, ParsedResult } from 'chrono-node';
import { parse as parseGerman } from 'chrono-node/de';
import { parse as parseEnglish } from 'chrono-node/en';
import type { EventDraft, FoundEvent } from './event-draft.js';
import { oneLine } from './one-line.js';
import { textSentences } from './text-sentences.js';
import { offsetMinutes } from './zone-names.js';

/** What has to be known of a message to understand its dates. */
export interface TextOrigin {
  readonly subject: string;
  /** When it was written: `tomorrow` is the day after. */
  readonly date: Date;
  /** The time zone of times that name none. */
  readonly timezone: string;
}

const MOST_EVENTS = 20;
const MOST_SENTENCE = 1_000;
const GERMAN = /\b(?:und|der|die|das|ist|nicht|wir|ich|um|uhr|mit|für|am|den|bitte|auch|sich|ein|eine)\b/gi;
const ENGLISH = /\b(?:and|the|is|are|not|we|you|at|with|for|on|please|also|to|of|a|an)\b/gi;

/** Finds appointments in free text, German or English: a day with a time, or a day that is written out. */
export function textEvents(text: string, origin: TextOrigin): readonly FoundEvent[] {
  const german = count(text, GERMAN) > count(text, ENGLISH);
  const found: FoundEvent[] = [];
  const seen = new Set<string>();
  for (const sentence of textSentences(text)) {
    if (found.length >= MOST_EVENTS) break;
    if (sentence.length > MOST_SENTENCE || !/\d/.test(sentence)) continue;
    for (const result of datesOf(sentence, origin, german)) {
      const event = draftOf(result, sentence, text, origin);
      if (event === undefined || seen.has(event.start)) continue;
      seen.add(event.start);
      found.push({ event, kind: 'text', sentence: oneLine(sentence, MOST_SENTENCE) });
    }
  }
  return found;
}

function datesOf(sentence: string, { date, timezone }: TextOrigin, german: boolean): readonly ParsedResult[] {
  const reference = { instant: date, timezone: offsetMinutes(timezone, date) };
  const parse = german ? parseGerman : parseEnglish;
  const results = parse(german ? withYears(sentence, date) : sentence, reference, { forwardDate: true });
  return results.filter((result, index) => {
    const next = results[index + 1];
    // `Friday, the 20th of March`: the day of the week is no date of its own.
    const named = next !== undefined && !result.start.isCertain('hour') && !result.start.isCertain('day') && next.start.isCertain('day');
    return !(named && next.index - result.index - result.text.length <= 8);
  });
}

/** German days are often written without their year (`24.12.`), which the package does not read: the next such day is meant. */
function withYears(sentence: string, date: Date): string {
  return sentence.replace(/(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.(?!\d|\s?\d{4})/g, (whole, day: string, month: string) => {
    const year = date.getUTCFullYear();
    const at = Date.UTC(year, Number(month) - 1, Number(day), 23, 59);
    if (Number(month) > 12 || Number(day) > 31) return whole;
    return `${day}.${month}.${at < date.getTime() ? year + 1 : year}`;
  });
}

function draftOf(
  { start, end, text: words, index }: ParsedResult,
  sentence: string,
  text: string,
  origin: TextOrigin,
): EventDraft | undefined {
  const timed = start.isCertain('hour');
  const dated = start.isCertain('day') || start.isCertain('weekday');
  if (!dated || (!timed && !(start.isCertain('day') && start.isCertain('month') && /\d/.test(words)))) return undefined;
  // What was before the message is told, not planned.
  if (start.date().getTime() < origin.date.getTime() - 86_400_000) return undefined;
  const location = locationOf(sentence, words, index, text);
  const common = {
    title: titleOf(origin.subject),
    ...(location === undefined ? {} : { location }),
    description: oneLine(sentence, MOST_SENTENCE),
  };
  if (!timed) return { ...common, start: day(start), end: day(end ?? start), allDay: true };
  // A zone is written in capitals, or with numbers: `ist` is a word, and IST is a zone.
  const zoned = start.isCertain('timezoneOffset') && /(?:\b[A-Z]{2,5}|\d\s?Z|[+-]\d{1,2}:?\d{2})\)?$/.test(words);
  const offset = zoned ? start.get('timezoneOffset') : null;
  const until = end?.isCertain('hour') ? time(end) : anHourAfter(start);
  if (offset === null) return { ...common, start: time(start), end: until, timezone: origin.timezone };
  return { ...common, start: `${time(start)}${shownOffset(offset)}`, end: `${until}${shownOffset(offset)}` };
}

function titleOf(subject: string): string {
  const title = oneLine(subject, 300).replace(/^(?:(?:re|aw|fwd?|wg|antw)\s*:\s*)+/i, '');
  return title === '' ? 'Appointment' : title;
}

/** The place: a line that names it, a link to a meeting, a room, or what follows `in` or `at` with a capital. */
function locationOf(sentence: string, words: string, index: number, text: string): string | undefined {
  const line = /^[ \t]{0,20}(?:Ort|Wo|Treffpunkt|Location|Where|Place|Venue)[ \t]{0,20}:[ \t]{0,20}(\S.{0,200})$/im.exec(text)?.[1];
  if (line !== undefined) return oneLine(line, 200);
  const link =
    /https:\/\/(?:[\w-]{1,63}\.){0,5}(?:zoom\.us|teams\.microsoft\.com|meet\.google\.com|webex\.com|meet\.jit\.si)\/[^\s<>"']{1,300}/.exec(
      text,
    )?.[0];
  if (link !== undefined) return link;
  const rest = `${sentence.slice(0, index)} ; ${sentence.slice(index + words.length)}`;
  const room = /\b(?:Raum|Zimmer|Saal|Konferenzraum|Besprechungsraum|[Rr]oom|[Mm]eeting [Rr]oom)\s+[\p{L}\d][\p{L}\d.-]{0,30}/u.exec(
    rest,
  )?.[0];
  const place =
    /(?:^|\s)(?:im|in der|in dem|beim|bei der|in|at the|at|in the)\s+((?:\p{Lu}[\p{L}\d&'-]{0,40}(?:\s+|$|(?=[.,;!?]))){1,5})/u.exec(
      rest,
    )?.[1];
  return (room ?? place?.trim())?.replace(/[.,;!?]+$/, '');
}

function day(components: ParsedComponents): string {
  return `${String(components.get('year')).padStart(4, '0')}-${two(components.get('month'))}-${two(components.get('day'))}`;
}

function time(components: ParsedComponents): string {
  return `${day(components)}T${two(components.get('hour'))}:${two(components.get('minute'))}`;
}

function anHourAfter(components: ParsedComponents): string {
  return new Date(Date.parse(`${time(components)}:00Z`) + 3_600_000).toISOString().slice(0, 16);
}

function shownOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function two(value: number | null): string {
  return String(value ?? 0).padStart(2, '0');
}

function count(text: string, words: RegExp): number {
  return [...text.slice(0, 20_000).matchAll(words)].length;
}
