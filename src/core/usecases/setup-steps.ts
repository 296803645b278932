import type { JsonValue } from '../domain/json.js';
import type { InstalledPlugin } from '../domain/plugin.js';
import type { PluginAccount, SetupQuestion } from '../domain/plugin-manifest.js';
import type { Secret } from '../domain/secret.js';

/** A question of a plugin as it stands for one account. */
export interface SetupStep {
  readonly question: SetupQuestion;
  /** Whether it is asked at all: `when` fits the other answers. */
  readonly relevant: boolean;
  /** Whether there is an answer, from now or from before. */
  readonly answered: boolean;
  /** The answer as it is now; never that to a `secret`. */
  readonly answer?: JsonValue;
}

/** The setup of one account of a plugin, as values: answers are checked one by one and stored together. */
export interface PluginSetup {
  readonly plugin: InstalledPlugin;
  readonly account: PluginAccount;
  /** All questions in their order. */
  steps(): readonly SetupStep[];
  /** The next question that is to be asked: relevant, and not answered in this setup yet; `undefined` at the end. */
  next(): SetupStep | undefined;
  /**
   * Answers a question. An empty text keeps the earlier answer, else takes the default, else leaves out what is optional. Gives one
   * sentence that says what is wrong when the answer is not taken; never with the value of a secret in it. A `file` is a path.
   * `usage` for a key that no question has.
   */
  answer(key: string, given: string | Secret): Promise<string | undefined>;
  /** Stores everything: secrets in the vault, files in the data folder, the rest in the settings. `usage` names what is missing; `vault/locked`. */
  save(): Promise<void>;
}
