import { isJsonObject, type JsonSchema, type JsonValue } from './json.js';
import { ManifestReader } from './manifest-reader.js';
import { schemaSizeFault } from './manifest-schema.js';
import type { SetupKind, SetupQuestion } from './plugin-manifest.js';
import { setupAnswerFault } from './setup-answer.js';
import { ANY_ANSWER } from './setup-progress.js';

const KEYS = ['key', 'label', 'kind', 'choices', 'default', 'optional', 'help', 'check', 'when'];
const KINDS: readonly SetupKind[] = ['text', 'secret', 'choice', 'url', 'port', 'boolean', 'file'];
const MAX_QUESTIONS = 32;

/** The questions of a manifest; every fault is added to `faults`. */
export function manifestSetup(manifest: ManifestReader, faults: string[]): readonly SetupQuestion[] {
  const questions: SetupQuestion[] = [];
  for (const [index, value] of manifest.list('setup', MAX_QUESTIONS).entries()) {
    const reader = new ManifestReader(value, `setup.${index}`, faults, KEYS);
    const question = questionOf(reader);
    if (questions.some(({ key }) => key === question.key && key !== '')) reader.fault('key', `${question.key} is there twice`);
    const when = whenOf(reader, questions);
    questions.push(when === undefined ? question : { ...question, when });
  }
  return questions;
}

function questionOf(reader: ManifestReader): SetupQuestion {
  const kind = reader.choice('kind', KINDS);
  const choices = choicesOf(reader, kind);
  const help = reader.optionalText('help', { most: 500, lines: true });
  const check = checkOf(reader, kind);
  const question: SetupQuestion = {
    key: reader.text('key', {
      most: 32,
      pattern: /^[a-z][a-z0-9_]*$/,
      form: 'lower-case letters, digits and _, at most 32, such as imap_host',
    }),
    label: reader.text('label', { most: 120 }),
    kind,
    ...(choices === undefined ? {} : { choices }),
    ...(reader.flag('optional') ? { optional: true } : {}),
    ...(help === undefined ? {} : { help }),
    ...(check === undefined ? {} : { check }),
  };
  const given = defaultOf(reader, question);
  return given === undefined ? question : { ...question, default: given };
}

function choicesOf(reader: ManifestReader, kind: SetupKind): readonly string[] | undefined {
  if (kind !== 'choice') {
    if (reader.has('choices')) reader.fault('choices', 'belongs to questions of the kind choice alone');
    return undefined;
  }
  const choices = reader.texts('choices', 50, { most: 100 });
  if (choices.length === 0) reader.fault('choices', 'must name the values to choose from');
  return choices;
}

/** A default may be written as a number or as true and false, too. */
function defaultOf(reader: ManifestReader, question: SetupQuestion): string | undefined {
  const raw = reader.raw('default');
  if (raw === undefined) return undefined;
  if (question.kind === 'secret' || question.kind === 'file') {
    reader.fault('default', `a question of the kind ${question.kind} has no default`);
    return undefined;
  }
  const text = typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : raw;
  const fault = typeof text === 'string' ? setupAnswerFault(question, text) : 'must be a text';
  if (fault === undefined) return text as string;
  reader.fault('default', fault);
  return undefined;
}

function checkOf(reader: ManifestReader, kind: SetupKind): JsonSchema | undefined {
  const raw = reader.raw('check');
  if (raw === undefined) return undefined;
  const fault = kind === 'secret' || kind === 'file' ? `a question of the kind ${kind} has no check` : schemaSizeFault(raw);
  if (fault === undefined && isJsonObject(raw)) return raw;
  reader.fault('check', fault ?? 'must be a JSON Schema');
  return undefined;
}

/** Only a question that comes before has an answer by then. */
function whenOf(reader: ManifestReader, before: readonly SetupQuestion[]): SetupQuestion['when'] | undefined {
  const raw = reader.raw('when');
  if (raw === undefined) return undefined;
  if (!isJsonObject(raw)) {
    reader.fault('when', 'must be an object such as {"auth":["password"]}');
    return undefined;
  }
  const conditions: [string, readonly string[]][] = [];
  for (const [key, values] of Object.entries(raw)) {
    const asked = before.find((question) => question.key === key);
    if (asked === undefined || asked.kind === 'secret') {
      reader.fault(`when.${key.slice(0, 60)}`, 'is no question before this one whose answer could be looked at');
    } else if (!isTexts(values)) reader.fault(`when.${key}`, 'must be a list of answers');
    else {
      const odd = values.find((value) => asked.kind === 'choice' && value !== ANY_ANSWER && asked.choices?.includes(value) !== true);
      if (odd !== undefined) reader.fault(`when.${key}`, `${JSON.stringify(odd.slice(0, 60))} is none of its choices`);
      conditions.push([key, values]);
    }
  }
  return Object.fromEntries(conditions);
}

function isTexts(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}
