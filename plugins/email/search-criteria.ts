import type { SearchObject } from 'imapflow';
import { ToolFailure } from 'pyra/plugin';
import { offsetMinutes } from './zone-names.js';

/** What a search can ask for. */
export interface SearchFilters {
  readonly query?: string;
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly since?: string;
  readonly before?: string;
  readonly unread?: boolean;
}

const MAX_WORDS = 10;

/** What a server can do. */
export interface SearchTraits {
  /** Whether it understands Gmail's own search, which is quicker for text. */
  readonly gmail: boolean;
  /** The time zone in which days begin; absent for a server that knows days only as it counts them itself. */
  readonly zone?: string;
}

/**
 * Makes the server's search out of filters; `undefined` when there is none, so that every message is meant.
 * @throws ToolFailure for a day that is none
 */
export function searchCriteria(filters: SearchFilters, { gmail, zone = 'UTC' }: SearchTraits): SearchObject | undefined {
  const words = filters.query === undefined ? [] : wordsOf(filters.query);
  const criteria: SearchObject = {
    ...(gmail && words.length > 0 ? { gmraw: plain(filters.query ?? '') } : {}),
    ...filled('from', filters.from),
    ...filled('to', filters.to),
    ...filled('subject', filters.subject),
    ...(filters.since === undefined ? {} : { since: day(filters.since, 'since', zone) }),
    ...(filters.before === undefined ? {} : { before: day(filters.before, 'before', zone) }),
    ...(filters.unread === undefined ? {} : { seen: !filters.unread }),
  };
  const whole = gmail ? criteria : withWords(criteria, words);
  return Object.keys(whole).length === 0 ? undefined : whole;
}

/** The words of a query; what is in quotes stays together. */
export function wordsOf(query: string): readonly string[] {
  const words = [...plain(query).matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word = '']) => (phrase ?? word.replaceAll('"', '')).trim());
  return words.filter((word) => word !== '').slice(0, MAX_WORDS);
}

/** IMAP has one TEXT in each list of criteria, so a further word is put where it must not fail to match. */
function withWords(criteria: SearchObject, [word, ...further]: readonly string[]): SearchObject {
  if (word === undefined) return criteria;
  const rest = withWords({}, further);
  return { ...criteria, text: word, ...(further.length === 0 ? {} : { not: { not: rest } }) };
}

/** Nothing that could end a line of the protocol goes to the server. */
function plain(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

function filled(key: 'from' | 'to' | 'subject', value: string | undefined): SearchObject {
  const text = plain(value ?? '');
  return text === '' ? {} : { [key]: text };
}

function day(text: string, name: string, zone: string): Date {
  const match = /^(\d{4}-\d{2}-\d{2})(?:$|T)/.exec(text.trim());
  const date = new Date(`${match?.[1]}T00:00:00Z`);
  if (match === null || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== match[1]) {
    throw new ToolFailure(`${name} must be a day such as 2026-03-31, not ${JSON.stringify(text)}`);
  }
  return new Date(date.getTime() - offsetMinutes(zone, date) * 60_000);
}
