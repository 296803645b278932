import type { ToolProvider } from '../../ports/tool-provider.js';
import { isPyraError } from '../domain/errors.js';
import type { ProviderId, ToolName } from '../domain/identifiers.js';
import type { JsonObject, JsonValue } from '../domain/json.js';
import type { MemoryHeading, MemoryHit } from '../domain/memory-note.js';
import type { ToolCallContext, ToolDefinition, ToolOutput } from '../domain/tool.js';
import { neutralise } from '../domain/untrusted.js';
import type { MemoryKeeper } from './memory-keeper.js';

const MAX_HITS = 50;
const NAME = { type: 'string', description: 'the name of a note: a relative path that ends in .md, such as user/profile.md' };
const READS = { effect: 'read', destinations: [], approval: 'none' } as const;

const DEFINITIONS: readonly ToolDefinition[] = [
  {
    name: 'memory.list' as ToolName,
    description: 'Names all notes of the memory with their titles. Notes with text from elsewhere are named with their source only.',
    parameters: parameters({}, []),
    summary: 'list the notes',
    ...READS,
  },
  {
    name: 'memory.search' as ToolName,
    description: 'Finds notes by words, best first. Gives names, titles and the passage that matched.',
    parameters: parameters({ query: { type: 'string', minLength: 1 }, limit: { type: 'integer', minimum: 1, maximum: MAX_HITS } }, [
      'query',
    ]),
    summary: 'search the notes for {query}',
    ...READS,
  },
  {
    name: 'memory.read' as ToolName,
    description: 'Gives the whole text of one note.',
    parameters: parameters({ name: NAME }, ['name']),
    summary: 'read the note {name}',
    ...READS,
  },
  {
    name: 'memory.remember' as ToolName,
    description:
      'Writes a note in Markdown, for facts that the person will want to be known later. Facts about the person belong into user/profile.md, ' +
      'others into context/ or knowledge/. It replaces the note of that name; with append it adds to its end.',
    parameters: parameters({ name: NAME, content: { type: 'string', minLength: 1 }, append: { type: 'boolean' } }, ['name', 'content']),
    effect: 'write',
    destinations: ['name'],
    approval: 'ask',
    summary: 'write the note {name}',
  },
  {
    name: 'memory.forget' as ToolName,
    description: 'Deletes one note.',
    parameters: parameters({ name: NAME }, ['name']),
    effect: 'destructive',
    destinations: ['name'],
    approval: 'ask',
    summary: 'delete the note {name}',
  },
];

/** The memory as tools for the model. Only reading an external note brings external text; listing and searching show its name and source. */
export class MemoryTools implements ToolProvider {
  readonly id = 'memory' as ProviderId;
  readonly #keeper: MemoryKeeper;

  constructor(keeper: MemoryKeeper) {
    this.#keeper = keeper;
  }

  async tools(): Promise<readonly ToolDefinition[]> {
    return DEFINITIONS;
  }

  async call(tool: ToolName, args: JsonObject, signal: AbortSignal, context: ToolCallContext): Promise<ToolOutput> {
    signal.throwIfAborted();
    try {
      return await this.#run(tool, args, context);
    } catch (error) {
      if (!isPyraError(error)) throw error;
      return failed(error.hint === undefined ? error.message : `${error.message} (${error.hint})`);
    }
  }

  async close(): Promise<void> {}

  async #run(tool: string, args: JsonObject, context: ToolCallContext): Promise<ToolOutput> {
    const name = textOf(args.name);
    switch (tool) {
      case 'memory.list':
        return listing(await this.#keeper.list());
      case 'memory.search':
        return hits(await this.#keeper.search(textOf(args.query), limitOf(args.limit)));
      case 'memory.read':
        return this.#read(name);
      case 'memory.remember':
        return this.#remember(name, args, context);
      case 'memory.forget':
        return (await this.#keeper.forget(name)) ? done(`${name} is deleted.`) : this.#missing(name);
      default:
        return failed(`there is no tool ${tool}`);
    }
  }

  async #read(name: string): Promise<ToolOutput> {
    const note = await this.#keeper.read(name);
    if (note === undefined) return this.#missing(name);
    return { text: note.text === '' ? '(the note is empty)' : note.text, provenance: note.provenance };
  }

  async #remember(name: string, args: JsonObject, context: ToolCallContext): Promise<ToolOutput> {
    const text = textOf(args.content);
    const note = await this.#keeper.remember({ id: name, text, append: args.append === true, provenance: context.provenance });
    if (note.provenance.kind === 'own') return done(`${note.id} is written.`);
    return done(
      `${note.id} is written, marked as text from ${note.provenance.source}: it is not loaded by itself until the person trusts it.`,
    );
  }

  /** Own notes of the same file name help the model on; external ones do not belong into a text that counts as own. */
  async #missing(name: string): Promise<ToolOutput> {
    const file = name.split('/').at(-1)?.toLowerCase() ?? '';
    const near = (await this.#keeper.list())
      .filter(({ id, provenance }) => provenance.kind === 'own' && id.toLowerCase().split('/').at(-1) === file)
      .map(({ id }) => id)
      .slice(0, 3);
    return failed(`there is no note ${name}; ${near.length === 0 ? 'memory.list names all' : `there is ${near.join(', ')}`}`);
  }
}

function listing(headings: readonly MemoryHeading[]): ToolOutput {
  return done(headings.length === 0 ? 'There are no notes yet.' : headings.map(headingLine).join('\n'));
}

function headingLine({ id, title, tags, provenance }: MemoryHeading): string {
  if (provenance.kind === 'external') return neutralise(`${id} (text from ${provenance.source})`);
  return `${id}: ${title}${tags.length === 0 ? '' : ` (${tags.join(', ')})`}`;
}

function hits(found: readonly MemoryHit[]): ToolOutput {
  if (found.length === 0) return done('No note has these words.');
  const lines = found.map(({ heading, excerpt }) =>
    heading.provenance.kind === 'external'
      ? `${headingLine(heading)}: memory.read gives the text`
      : `${headingLine(heading)}\n  ${excerpt}`,
  );
  return done(lines.join('\n'));
}

function done(text: string): ToolOutput {
  return { text, provenance: { kind: 'own' } };
}

function failed(text: string): ToolOutput {
  return { text, outcome: 'failed', provenance: { kind: 'own' } };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function limitOf(value: JsonValue | undefined): number {
  return typeof value === 'number' ? Math.min(MAX_HITS, Math.max(1, Math.trunc(value))) : 10;
}

function parameters(properties: JsonObject, required: readonly string[]): JsonObject {
  return { type: 'object', properties, required, additionalProperties: false };
}
