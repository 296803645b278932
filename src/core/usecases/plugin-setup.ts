import { isPyraError, PyraError } from '../domain/errors.js';
import type { SecretName } from '../domain/identifiers.js';
import type { JsonValue } from '../domain/json.js';
import type { InstalledPlugin, PluginAnswers } from '../domain/plugin.js';
import type { PluginAccount, SetupQuestion } from '../domain/plugin-manifest.js';
import { ownSecretName, pluginSecretName } from '../domain/plugin-secret-name.js';
import { SHORTEST_REDACTED_BYTES } from '../domain/redaction.js';
import { Secret } from '../domain/secret.js';
import { setupAnswerFault, storedAnswer } from '../domain/setup-answer.js';
import { isRelevant, type KnownAnswer, missingAnswers } from '../domain/setup-progress.js';
import { utf8Bytes } from '../domain/utf8.js';
import { recordSecurityEvent } from './record-security-event.js';
import type { PluginSetup, SetupStep } from './setup-steps.js';
import type { ShelfPorts } from './shelf-ports.js';

/** What a question was answered with in this setup; `none` leaves it out. */
type Given =
  | { readonly kind: 'value'; readonly value: JsonValue }
  | { readonly kind: 'secret'; readonly secret?: Secret }
  | { readonly kind: 'none' };

/** What was known before a setup began. */
export interface EarlierAnswers {
  readonly answers: PluginAnswers;
  /** The names of all secrets in the vault. */
  readonly secrets: readonly SecretName[];
}

/** The setup of one account: answers are kept here, secrets as {@link Secret}, until they are stored together. */
export class AccountSetup implements PluginSetup {
  readonly plugin: InstalledPlugin;
  readonly account: PluginAccount;
  readonly #ports: ShelfPorts;
  readonly #earlier: EarlierAnswers;
  readonly #given = new Map<string, Given>();

  constructor(plugin: InstalledPlugin, account: PluginAccount, earlier: EarlierAnswers, ports: ShelfPorts) {
    this.plugin = plugin;
    this.account = account;
    this.#earlier = earlier;
    this.#ports = ports;
  }

  steps(): readonly SetupStep[] {
    return this.#questions.map((question) => this.#step(question));
  }

  next(): SetupStep | undefined {
    return this.steps().find(({ question, relevant }) => relevant && !this.#given.has(question.key));
  }

  async answer(key: string, given: string | Secret): Promise<string | undefined> {
    const question = this.#question(key);
    const text = given instanceof Secret ? given.reveal() : given;
    if (text === '') return this.#leave(question);
    const fault = setupAnswerFault(question, text);
    if (fault !== undefined) return fault;
    if (question.kind === 'secret') {
      // The same rule as everywhere else: what cannot be kept out of texts is taken only on purpose.
      if (utf8Bytes(text).byteLength < SHORTEST_REDACTED_BYTES) return this.#tooShort(question);
      this.#given.set(key, { kind: 'secret', secret: given instanceof Secret ? given : new Secret(given) });
      return undefined;
    }
    if (question.kind === 'file') return this.#keep(question, text);
    return this.#take(question, text);
  }

  async save(): Promise<void> {
    for (const question of this.#questions) {
      if (this.#isRelevant(question) && !this.#given.has(question.key)) await this.#leave(question);
    }
    const missing = missingAnswers(this.#questions, (key) => this.#known(key));
    if (missing.length > 0) {
      throw new PyraError('usage', `not answered yet: ${missing.map(({ key }) => key).join(', ')}`, {
        hint: `pyra plugin setup ${this.plugin.manifest.name}`,
      });
    }
    const relevant = this.#questions.filter((question) => this.#isRelevant(question));
    const secrets = await this.#storeSecrets(relevant);
    const answers = Object.fromEntries(
      relevant.flatMap(({ key }) => {
        const known = this.#known(key);
        return known?.kind === 'value' ? [[key, known.value] as const] : [];
      }),
    );
    const store = await this.#ports.store();
    const { name } = this.plugin.manifest;
    await store.saveAccount(name, this.account, answers);
    await recordSecurityEvent(this.#ports, 'plugin-setup', { plugin: name, account: this.account, answers: Object.keys(answers), secrets });
  }

  #tooShort(question: SetupQuestion): string {
    const way = `pyra vault set ${this.#secretName(question) ?? 'NAME'} --short`;
    return `has fewer than ${SHORTEST_REDACTED_BYTES} bytes: so short a text is not kept out of logs and answers; if it must be: ${way}, then leave this empty`;
  }

  get #questions(): readonly SetupQuestion[] {
    return this.plugin.manifest.setup;
  }

  #question(key: string): SetupQuestion {
    const question = this.#questions.find((one) => one.key === key);
    if (question !== undefined) return question;
    throw new PyraError('usage', `${this.plugin.manifest.name} has no question of this name`, {
      hint: `its questions are: ${this.#questions.map((one) => one.key).join(', ')}`,
    });
  }

  #step(question: SetupQuestion): SetupStep {
    const known = this.#known(question.key);
    return {
      question,
      relevant: this.#isRelevant(question),
      answered: known !== undefined,
      ...(known?.kind === 'value' ? { answer: known.value } : {}),
    };
  }

  #isRelevant(question: SetupQuestion): boolean {
    return isRelevant(question, this.#questions, (key) => this.#known(key));
  }

  /** The answer as it is now: from this setup, else from before. */
  #known(key: string): KnownAnswer | undefined {
    const given = this.#given.get(key);
    if (given?.kind === 'none') return undefined;
    if (given !== undefined) return given.kind === 'value' ? given : { kind: 'secret' };
    return this.#before(this.#question(key));
  }

  #before(question: SetupQuestion): KnownAnswer | undefined {
    if (question.kind === 'secret') {
      const name = this.#secretName(question);
      return name !== undefined && this.#earlier.secrets.includes(name) ? { kind: 'secret' } : undefined;
    }
    const { answers } = this.#earlier;
    const value = Object.hasOwn(answers, question.key) ? answers[question.key] : undefined;
    // An answer to an older question of this name may be none to that of a newer version.
    if (value === undefined || (question.kind !== 'file' && setupAnswerFault(question, String(value)) !== undefined)) return undefined;
    return { kind: 'value', value };
  }

  /** An empty answer: what was there before, else the default, else nothing where that is fine. */
  async #leave(question: SetupQuestion): Promise<string | undefined> {
    const { key, optional } = question;
    const before = this.#before(question);
    if (before !== undefined) this.#given.set(key, before);
    else if (question.default !== undefined) return this.#take(question, question.default);
    else if (optional === true) this.#given.set(key, { kind: 'none' });
    else return 'must be answered';
    return undefined;
  }

  async #take(question: SetupQuestion, text: string): Promise<string | undefined> {
    const value = storedAnswer(question, text);
    if (question.check !== undefined) {
      const faults = await this.#ports.checker.check(question.check, value);
      const { description } = question.check;
      if (faults.length > 0 && typeof description === 'string') return description;
      if (faults.length > 0) return faults.map((fault) => fault.replace(/^the arguments: /, '')).join('; ');
    }
    this.#given.set(question.key, { kind: 'value', value });
    return undefined;
  }

  async #keep(question: SetupQuestion, path: string): Promise<string | undefined> {
    try {
      const store = await this.#ports.store();
      const value = await store.keepFile(this.plugin.manifest.name, this.account, question.key, path);
      this.#given.set(question.key, { kind: 'value', value });
      return undefined;
    } catch (error) {
      if (isPyraError(error, 'not-found') || isPyraError(error, 'limit/reached')) return error.message;
      throw error;
    }
  }

  /** Secrets are stored first: a locked vault must not leave half a setup behind. */
  async #storeSecrets(questions: readonly SetupQuestion[]): Promise<readonly string[]> {
    const stored: string[] = [];
    for (const question of questions) {
      const given = this.#given.get(question.key);
      const name = this.#secretName(question);
      if (given?.kind !== 'secret' || given.secret === undefined || name === undefined) continue;
      await this.#ports.secrets.set(name, given.secret);
      stored.push(name);
    }
    return stored;
  }

  #secretName(question: SetupQuestion): SecretName | undefined {
    if (question.kind !== 'secret') return undefined;
    const { manifest } = this.plugin;
    return pluginSecretName(manifest, ownSecretName(manifest, this.account, question));
  }
}
