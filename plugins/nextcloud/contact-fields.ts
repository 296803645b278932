import { ToolFailure } from 'pyra/plugin';
import { type CardLine, type ContactCard, cardLine, cardValues } from './contact-card.js';

/** What a tool may say of a person. */
export interface ContactFields {
  readonly name?: string;
  readonly emails?: readonly string[];
  readonly phones?: readonly string[];
  readonly organization?: string;
  readonly title?: string;
  readonly address?: string;
  readonly birthday?: string;
  readonly note?: string;
}

/**
 * A card with what is given changed; an empty text or list removes, everything else stays as it is, to the letter.
 * @throws ToolFailure for an address or a day that is none.
 */
export function changedCard(card: ContactCard, fields: ContactFields): ContactCard {
  let changed = card;
  const set = (name: string, text: string | undefined, lines: (text: string) => readonly CardLine[]) => {
    if (text !== undefined) changed = replaced(changed, name, text.trim() === '' ? [] : lines(text.trim()));
  };
  if (fields.name !== undefined) {
    if (fields.name.trim() === '') throw new ToolFailure('a contact needs a name');
    set('FN', fields.name, (name) => [cardLine('FN', name)]);
    set('N', fields.name, (name) => [cardLine('N', ...nameParts(name), '', '', '')]);
  }
  if (fields.emails !== undefined) changed = withValues(changed, 'EMAIL', fields.emails.map(emailAddress));
  if (fields.phones !== undefined) changed = withValues(changed, 'TEL', fields.phones.map(phoneNumber));
  set('ORG', fields.organization, (text) => [cardLine('ORG', text)]);
  set('TITLE', fields.title, (text) => [cardLine('TITLE', text)]);
  set('NOTE', fields.note, (text) => [cardLine('NOTE', text)]);
  set('BDAY', fields.birthday, (text) => [birthdayLine(text, card.version)]);
  // Of several addresses the first is meant; the others stay.
  if (fields.address !== undefined) changed = withAddress(changed, fields.address.trim());
  return changed;
}

/** Replaces all lines of a name by others, at the place of the first. */
function replaced(card: ContactCard, name: string, lines: readonly CardLine[]): ContactCard {
  const at = card.lines.findIndex((line) => line.name === name);
  const rest = card.lines.filter((line) => line.name !== name);
  const place = at < 0 ? rest.length - 1 : at;
  return { ...card, lines: [...rest.slice(0, place), ...lines, ...rest.slice(place)] };
}

/** Lines whose values are still wanted stay with all that they say; new ones come after them. */
function withValues(card: ContactCard, name: 'EMAIL' | 'TEL', wanted: readonly string[]): ContactCard {
  const same = (text: string) => (name === 'TEL' ? text.replace(/^tel:|[\s()./-]/gi, '') : text.toLowerCase());
  const wantedForm = (line: CardLine) => same(cardValues(line).join(''));
  const own = card.lines.filter((line) => line.name === name);
  const lines = wanted.map((value) => own.find((line) => wantedForm(line) === same(value)) ?? cardLine(name, value));
  return replaced(card, name, lines);
}

function withAddress(card: ContactCard, address: string): ContactCard {
  const [first] = card.lines.filter((line) => line.name === 'ADR');
  const lines = card.lines.filter((line) => line !== first);
  const at = first === undefined ? lines.length - 1 : card.lines.indexOf(first);
  return address === ''
    ? { ...card, lines }
    : { ...card, lines: [...lines.slice(0, at), cardLine('ADR', '', '', address, '', '', '', ''), ...lines.slice(at)] };
}

/** Family name and given names, as well as a full name tells. */
function nameParts(name: string): readonly [string, string] {
  if (name.includes(',')) {
    const [family = '', ...given] = name.split(',');
    return [family.trim(), given.join(',').trim()];
  }
  const words = name.split(/\s+/);
  return [words.at(-1) ?? '', words.slice(0, -1).join(' ')];
}

function emailAddress(text: string): string {
  const address = text.trim();
  if (!/^[^\s@<>]+@[^\s@<>]+$/.test(address)) throw new ToolFailure(`${JSON.stringify(text.slice(0, 100))} is no e-mail address`);
  return address;
}

function phoneNumber(text: string): string {
  const number = text.trim();
  if (!/^[\d+*#()./\sA-Za-z-]{2,60}$/.test(number)) throw new ToolFailure(`${JSON.stringify(text.slice(0, 100))} is no telephone number`);
  return number;
}

function birthdayLine(text: string, version: ContactCard['version']): CardLine {
  const [, year = '', month = '', day = ''] = /^(\d{4}|-)-(\d{2})-(\d{2})$/.exec(text) ?? [];
  const date = new Date(Date.UTC(year === '-' ? 2000 : Number(year), Number(month) - 1, Number(day)));
  if (month === '' || date.getUTCMonth() !== Number(month) - 1) {
    throw new ToolFailure(`${JSON.stringify(text)} is no day; write 1985-07-01, or --07-01 without the year`);
  }
  if (version === '4.0') return cardLine('BDAY', `${year === '-' ? '--' : year}${month}${day}`);
  return year === '-' ? cardLine('BDAY;X-APPLE-OMIT-YEAR=1604', `1604-${month}-${day}`) : cardLine('BDAY', `${year}-${month}-${day}`);
}
