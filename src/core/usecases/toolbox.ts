import type { ToolProvider } from '../../ports/tool-provider.js';
import type { ToolName } from '../domain/identifiers.js';
import type { ToolDefinition } from '../domain/tool.js';
import { acceptedDefinition } from '../domain/tool-definition.js';

/** A tool and who offers it. */
export interface FoundTool {
  readonly provider: ToolProvider;
  readonly definition: ToolDefinition;
  /** Whether it is Pyra's own: then the provenance of its answers is believed. */
  readonly own: boolean;
}

/** Providers that come and go: those of the enabled plugins, of the MCP servers. */
export interface ToolSource {
  /** The providers as they are now, and one sentence for each that should be there and is not. Runs no tool code. */
  look(): Promise<{ readonly providers: readonly ToolProvider[]; readonly faults: readonly string[] }>;
  /** Closes every provider that it ever gave; idempotent. */
  close(): Promise<void>;
}

/** All providers of tools behind one look-up. */
export class Toolbox {
  readonly #own: readonly ToolProvider[];
  readonly #others: readonly ToolProvider[];
  readonly #sources: readonly ToolSource[];

  constructor(own: readonly ToolProvider[], others: readonly ToolProvider[], ...sources: readonly ToolSource[]) {
    this.#own = [...own];
    this.#others = [...others];
    this.#sources = sources;
  }

  /** All tools as they are now: Pyra's own first, each name once. */
  async definitions(): Promise<readonly ToolDefinition[]> {
    return [...(await this.#look()).tools.values()].map(({ definition }) => definition);
  }

  /** The tool of a name as it is now; `undefined` when nobody offers it. */
  async find(tool: ToolName): Promise<FoundTool | undefined> {
    return (await this.#look()).tools.get(tool);
  }

  /** One sentence per provider or tool that is left out: a provider that broke, a name that is taken, a definition that is none. */
  async faults(): Promise<readonly string[]> {
    return (await this.#look()).faults;
  }

  /** Closes every provider, also when one of them fails; idempotent as they are. */
  async close(): Promise<void> {
    await Promise.allSettled([
      ...[...this.#own, ...this.#others].map(async (provider) => provider.close()),
      ...this.#sources.map((source) => source.close()),
    ]);
  }

  async #look(): Promise<{ readonly tools: ReadonlyMap<ToolName, FoundTool>; readonly faults: readonly string[] }> {
    const tools = new Map<ToolName, FoundTool>();
    const looks = await Promise.all(this.#sources.map((source) => source.look()));
    const faults: string[] = looks.flatMap((look) => look.faults);
    const reserved = new Set<string>(this.#own.map(({ id }) => id));
    for (const provider of [...this.#own, ...this.#others, ...looks.flatMap(({ providers }) => providers)]) {
      const own = this.#own.includes(provider);
      const given = await definitionsOf(provider);
      if (given === undefined) faults.push(`${provider.id}: its tools cannot be listed`);
      for (const one of given ?? []) {
        const definition = acceptedDefinition(one);
        if (typeof definition === 'string') faults.push(`${provider.id}: ${definition}`);
        else if (!own && reserved.has(definition.name.split('.')[0] as string)) {
          faults.push(`${provider.id}: ${definition.name} bears the name of Pyra's own tools`);
        } else if (tools.has(definition.name)) {
          faults.push(`${provider.id}: ${definition.name} is offered by ${tools.get(definition.name)?.provider.id} already`);
        } else tools.set(definition.name, { provider, definition, own });
      }
    }
    return { tools, faults };
  }
}

async function definitionsOf(provider: ToolProvider): Promise<readonly unknown[] | undefined> {
  try {
    const given: unknown = await provider.tools();
    return Array.isArray(given) ? given : undefined;
  } catch {
    return undefined;
  }
}
