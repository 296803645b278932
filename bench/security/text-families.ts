import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agentDojo, fillSlots } from './agent-dojo.js';
import type { DataFolder } from './data-folder.js';

/** A text with an id that a report can name. */
export interface TextCase {
  readonly id: string;
  readonly text: string;
}

/** Texts of one source. */
export interface TextFamily {
  readonly name: string;
  readonly cases: readonly TextCase[];
}

interface InjecAgentCase {
  readonly 'Attacker Instruction': string;
  readonly 'Tool Response': string;
}

/** Attack texts by family, those of the data sets that are there. */
export function attackFamilies(data: DataFolder): readonly TextFamily[] {
  const families: TextFamily[] = [];
  const templates = data.has('agentdojo') ? agentDojo(data).templates : {};
  const wrap = (template: string, goal: string): string => template.replace('{goal}', () => goal);
  if (data.has('agentdojo')) {
    const { suites } = agentDojo(data);
    for (const [name, template] of Object.entries(templates)) {
      const cases = Object.entries(suites).flatMap(([suiteName, suite]) =>
        suite.user_tasks.flatMap((task) =>
          suite.injection_tasks.flatMap((injection) => {
            const results = task.calls.map((call) => call.result).filter((result) => result.includes('{{INJ:'));
            const text = results.map((result) => fillSlots(result, suite, wrap(template, injection.goal))).join('\n');
            return text === '' ? [] : [{ id: `${suiteName}/${task.id}/${injection.id}`, text }];
          }),
        ),
      );
      families.push({ name: `agentdojo ${name}`, cases });
    }
  }
  if (data.has('injecagent')) {
    for (const kind of ['dh', 'ds'] as const) {
      const base = data.json<readonly InjecAgentCase[]>(`injecagent/${kind}_base.json`);
      families.push({
        name: `injecagent ${kind} base`,
        cases: base.map((item, index) => ({ id: `${kind}/${index}`, text: item['Tool Response'] })),
      });
      for (const [name, template] of Object.entries(templates).filter(([key]) => key !== 'direct')) {
        const cases = base.map((item, index) => {
          const goal = item['Attacker Instruction'];
          return { id: `${kind}/${index}`, text: item['Tool Response'].replace(goal, () => wrap(template, goal)) };
        });
        families.push({ name: `injecagent ${kind} ${name}`, cases });
      }
    }
  }
  if (data.has('bipia')) {
    const goals = Object.entries(data.json<Readonly<Record<string, readonly string[]>>>('bipia/text_attack_train.json'));
    const cases = goals.flatMap(([name, texts]) => texts.map((text, index) => ({ id: `${name}/${index}`, text })));
    families.push({ name: 'bipia goals', cases });
  }
  return families;
}

/** Harmless texts by family, those of the data sets that are there; the READMEs of installed packages apart. */
export function benignFamilies(data: DataFolder): readonly TextFamily[] {
  const families: TextFamily[] = [];
  if (data.has('notinject')) {
    const cases = ['one', 'two'].flatMap((part) =>
      data
        .json<readonly { readonly prompt: string }[]>(`notinject/${part}.json`)
        .map((item, index) => ({ id: `${part}/${index}`, text: item.prompt })),
    );
    families.push({ name: 'notinject', cases });
  }
  if (data.has('injecagent')) {
    const users = data.jsonLines<Readonly<Record<string, string>>>('injecagent/user_cases.jsonl');
    const cases = users.flatMap((item, index) => [
      { id: `${index}/instruction`, text: item['User Instruction'] ?? '' },
      { id: `${index}/result`, text: (item['Tool Response Template'] ?? '').replace('<Attacker Instruction>', 'All good.') },
    ]);
    families.push({ name: 'injecagent user cases', cases });
  }
  if (data.has('agentdojo')) {
    const cases = Object.entries(agentDojo(data).suites).flatMap(([suiteName, suite]) =>
      suite.user_tasks.flatMap((task) => [
        { id: `${suiteName}/${task.id}/prompt`, text: task.prompt },
        ...task.benign_results.map((text, index) => ({ id: `${suiteName}/${task.id}/result-${index}`, text })),
      ]),
    );
    families.push({ name: 'agentdojo tasks and results', cases });
  }
  return families;
}

const MODULES = fileURLToPath(new URL('../../../node_modules/', import.meta.url));

/** The README of every installed package. */
export function readmes(): TextFamily {
  const folders = readdirSync(MODULES).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(MODULES, name)).map((inner) => `${name}/${inner}`) : [name],
  );
  const cases = folders.flatMap((folder) => {
    if (folder.startsWith('.') || !statSync(join(MODULES, folder)).isDirectory()) return [];
    return readdirSync(join(MODULES, folder))
      .filter((name) => /^readme(?:\.(?:md|markdown|txt))?$/i.test(name))
      .map((name) => ({ id: `${folder}/${name}`, text: readFileSync(join(MODULES, folder, name), 'utf8') }));
  });
  return { name: 'READMEs', cases };
}
