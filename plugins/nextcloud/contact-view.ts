import { type CardLine, type ContactCard, cardKinds, cardValues } from './contact-card.js';

/** A value with what it is for, such as `work`. */
export interface LabelledValue {
  readonly value: string;
  readonly kinds: readonly string[];
}

/** What a card says of a person, as plain values. */
export interface ContactView {
  readonly name: string;
  readonly emails: readonly LabelledValue[];
  readonly phones: readonly LabelledValue[];
  readonly addresses: readonly LabelledValue[];
  readonly organization?: string;
  readonly title?: string;
  readonly birthday?: string;
  readonly note?: string;
  readonly links: readonly string[];
  readonly nickname?: string;
  readonly categories?: string;
}

/** Reads what a card says. */
export function contactView(card: ContactCard): ContactView {
  const all = (name: string) => card.lines.filter((line) => line.name === name);
  const values = (line: CardLine) => cardValues(line).map((value) => value.trim());
  const joined = (line: CardLine, by: string) =>
    values(line)
      .filter((value) => value !== '')
      .join(by);
  const first = (name: string, by = ', ') =>
    all(name)
      .map((line) => joined(line, by))
      .find((text) => text !== '');
  const labelled = (name: string, by = ', '): readonly LabelledValue[] =>
    all(name)
      .map((line) => ({ value: joined(line, by).replace(/^(?:tel|mailto):/i, ''), kinds: cardKinds(line) }))
      .filter(({ value }) => value !== '');
  const [nameLine] = all('N');
  const [family = '', given = ''] = nameLine === undefined ? [] : values(nameLine);
  const birthday = first('BDAY');
  const optional = (key: 'organization' | 'title' | 'note' | 'nickname' | 'categories', text: string | undefined) =>
    text === undefined ? {} : { [key]: text };
  return {
    name: first('FN') ?? (`${given} ${family}`.trim() || first('ORG') || '(no name)'),
    emails: labelled('EMAIL'),
    phones: labelled('TEL'),
    addresses: labelled('ADR'),
    links: all('URL').map((line) => joined(line, ', ')),
    ...optional('organization', first('ORG')),
    ...optional('title', first('TITLE')),
    ...optional('note', first('NOTE')),
    ...optional('nickname', first('NICKNAME')),
    ...optional('categories', first('CATEGORIES')),
    ...(birthday === undefined ? {} : { birthday: birthdayText(birthday) }),
  };
}

/** `1985-07-01`, or `--07-01` without the year, which Apple writes as 1604. */
function birthdayText(text: string): string {
  const [, year = '', month = '', day = ''] = /^(\d{4}|--)-?(\d{2})-?(\d{2})/.exec(text) ?? [];
  if (month === '') return text;
  return year === '--' || year === '1604' ? `--${month}-${day}` : `${year}-${month}-${day}`;
}

/** A person for the eyes, a line each. */
export function contactText(view: ContactView): string {
  const labelled = ({ value, kinds }: LabelledValue) => (kinds.length === 0 ? value : `${value} (${kinds.join(', ')})`);
  const line = (label: string, texts: readonly (string | undefined)[]) => {
    const given = texts.filter((text) => text !== undefined && text !== '');
    return given.length === 0 ? [] : [`${label}: ${given.join('; ')}`];
  };
  return [
    `name: ${view.name}`,
    ...line('nickname', [view.nickname]),
    ...line('e-mail', view.emails.map(labelled)),
    ...line('telephone', view.phones.map(labelled)),
    ...line('organisation', [view.organization]),
    ...line('title', [view.title]),
    ...line('address', view.addresses.map(labelled)),
    ...line('birthday', [view.birthday]),
    ...line('web', view.links),
    ...line('groups', [view.categories]),
    ...line('note', [view.note]),
  ].join('\n');
}
