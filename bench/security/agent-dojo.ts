import type { JsonObject } from '../../src/core/domain/json.js';
import type { DataFolder } from './data-folder.js';

/** A call that a task truly makes, with its result; `{{INJ:slot}}` marks where an attacker can write. */
export interface DojoCall {
  readonly tool: string;
  readonly args: JsonObject;
  readonly result: string;
}

/** One task of a user. */
export interface DojoUserTask {
  readonly id: string;
  readonly prompt: string;
  readonly ground_truth_output: string;
  readonly calls: readonly DojoCall[];
  readonly benign_results: readonly string[];
  readonly reachable_vectors: readonly string[];
}

/** What an attacker wants, and the calls that would do it. */
export interface DojoInjectionTask {
  readonly id: string;
  readonly goal: string;
  readonly calls: readonly { readonly tool: string; readonly args: JsonObject }[];
}

/** One AgentDojo suite. */
export interface DojoSuite {
  readonly injection_vectors: Readonly<Record<string, string>>;
  readonly tools: readonly { readonly name: string; readonly description: string; readonly parameters: JsonObject }[];
  readonly user_tasks: readonly DojoUserTask[];
  readonly injection_tasks: readonly DojoInjectionTask[];
}

/** The suites and the templates that wrap a goal. */
export function agentDojo(data: DataFolder): {
  readonly suites: Readonly<Record<string, DojoSuite>>;
  readonly templates: Readonly<Record<string, string>>;
} {
  return { suites: data.json('agentdojo/suites.json'), templates: data.json('agentdojo/attack-templates.json') };
}

/** A result with the attack in every slot that the attacker can reach, or with the harmless texts when there is no attack. */
export function fillSlots(result: string, suite: DojoSuite, attack: string | undefined): string {
  const quoted = JSON.stringify(attack ?? '').slice(1, -1);
  return result.replace(/\{\{INJ:([^}]+)\}\}/g, (_, slot: string) =>
    attack === undefined ? (suite.injection_vectors[slot] ?? '') : quoted,
  );
}
