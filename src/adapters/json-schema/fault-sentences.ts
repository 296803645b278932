import type { OutputUnit } from '@cfworker/json-schema';

const LONGEST = 300;
/** Keywords that only say that something below them does not fit. */
const WRAPPERS: readonly string[] = [
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'prefixItems',
  'unevaluatedItems',
  'allOf',
  '$ref',
  'if',
  'dependentSchemas',
  'propertyNames',
];
/** Keywords of which one alternative would do: what is wrong with each of them says little. */
const ALTERNATIVES: readonly string[] = ['anyOf', 'oneOf', 'not', 'contains'];

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'an integer',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

/** The validator's errors as sentences that a model or a person can act on, each with the place first: `to: must be a string`. */
export function faultSentences(errors: readonly OutputUnit[]): readonly string[] {
  const alternatives = errors.filter(({ keyword }) => ALTERNATIVES.includes(keyword));
  // The same for each item of a list: there are thousands of errors, and few places in a schema.
  const choices = [...new Set(alternatives.map(({ keywordLocation }) => `${keywordLocation}/`))];
  const leaves = errors.filter(
    ({ keyword, keywordLocation }) => !WRAPPERS.includes(keyword) && !choices.some((choice) => keywordLocation.startsWith(choice)),
  );
  return [...new Set(leaves.map(sentence))];
}

function sentence({ keyword, instanceLocation, error }: OutputUnit): string {
  const place = placeOf(instanceLocation);
  const quoted = /"([^"]*)"\.?$/.exec(error)?.[1];
  switch (keyword) {
    case 'required': {
      const name = /property "(.*)"\.$/s.exec(error)?.[1] ?? '?';
      return `${place === '' ? name : `${place}.${name}`}: is missing`.slice(0, LONGEST);
    }
    case 'false':
      return say(place, 'is not known here');
    case 'type': {
      const types = [...(/Expected (.*)\.$/s.exec(error)?.[1] ?? '').matchAll(/"([^"]+)"/g)].map(
        ([, type = '']) => TYPE_NAMES[type] ?? type,
      );
      return say(place, `must be ${types.join(' or ')}`);
    }
    case 'enum':
      return say(place, `must be one of ${listed(error)}`);
    case 'const':
      return say(place, `must be ${error.replace(/^Instance does not match /, '').replace(/\.$/, '')}`);
    case 'format':
      return say(place, `is not in the format ${quoted ?? ''}`.trim());
    case 'anyOf':
    case 'oneOf':
      return say(place, 'fits none, or more than one, of the forms that are allowed');
    case 'not':
      return say(place, 'is one of the forms that are not allowed');
    default:
      return say(place, plain(error));
  }
}

function say(place: string, what: string): string {
  return `${place === '' ? 'the arguments' : place}: ${what}`.slice(0, LONGEST);
}

function listed(error: string): string {
  return error
    .replace(/^Instance does not match any of \[/, '')
    .replace(/\]\.$/, '')
    .replaceAll('","', '", "');
}

/** `#/attendees/0/mail` as `attendees.0.mail`; RFC 6901 escapes undone. */
function placeOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => decoded(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
}

function decoded(part: string): string {
  try {
    return decodeURI(part);
  } catch {
    return part;
  }
}

/** `String is too short (0 < 1).` as `the string is too short (0 < 1)`. */
function plain(error: string): string {
  const text = error.replace(/\.$/, '').replace(/^Instance /, '');
  return /^(String|Array|Items|Property|Duplicate)\b/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
