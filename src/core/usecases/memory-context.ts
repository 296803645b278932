import type { MemoryStore } from '../../ports/memory-store.js';
import { isPyraError } from '../domain/errors.js';
import type { NoteId } from '../domain/identifiers.js';
import type { MemoryHeading, MemoryNote } from '../domain/memory-note.js';
import { oneLine } from '../domain/memory-note-title.js';
import { estimateTokens } from '../domain/token-budget.js';
import { neutralise } from '../domain/untrusted.js';

/** The note that says who the assistant is; not part of the context, it opens the prompt. */
export const PERSONA_NOTE = 'user/persona.md' as NoteId;

const PROFILE_NOTE = 'user/profile.md' as NoteId;
const BYTES_PER_TOKEN = 3.5;
/** How much of the budget is kept for headings, and what one of them takes at most of that. */
const HEADINGS_SHARE = 0.25;
const TOKENS_PER_HEADING = 25;
/** Titles and the closing line. */
const TOKENS_FOR_FRAME = 90;
const MAX_LOADED = 200;

/**
 * The memory's part of a system prompt, at most `maxTokens` by estimate: own notes whole (the profile, then the rest of `user/`, then the
 * ones changed last), further ones as headings, external ones by name and source only, the number of what is left out. Notes are read anew,
 * so that an edit by hand shows; the list of them may be that of the last check.
 */
export async function memoryContext(store: MemoryStore, maxTokens: number): Promise<string> {
  const headings = (await store.headings({ quick: true })).filter((heading) => heading.id !== PERSONA_NOTE);
  const budget = maxTokens - TOKENS_FOR_FRAME;
  if (headings.length === 0 || budget <= 0) return '';
  const ordered = byPriority(headings);
  const reserved = Math.min(budget * HEADINGS_SHARE, TOKENS_PER_HEADING * headings.length);
  const loaded = await loadOwn(store, ordered, budget - reserved);
  const external = [...externalOnes(headings), ...loaded.external];
  const known = new Set([...loaded.seen, ...external.map(([id]) => id)]);
  const rest = listRest(
    ordered.filter((heading) => !known.has(heading.id)),
    external,
    budget - loaded.tokens,
  );
  const parts = [...loaded.blocks, ...rest];
  return parts.length === 0 ? '' : ['# Memory', ...parts].join('\n\n');
}

interface Loaded {
  readonly blocks: readonly string[];
  readonly tokens: number;
  /** The notes that need no heading: loaded, or gone. */
  readonly seen: ReadonlySet<NoteId>;
  /** Notes that turned out to be external, with their sources. */
  readonly external: readonly (readonly [NoteId, string])[];
}

async function loadOwn(store: MemoryStore, ordered: readonly MemoryHeading[], budget: number): Promise<Loaded> {
  const blocks: string[] = [];
  const seen = new Set<NoteId>();
  const external: (readonly [NoteId, string])[] = [];
  let tokens = 0;
  for (const { id, bytes } of ordered) {
    const room = budget - tokens;
    if (blocks.length >= MAX_LOADED || room < 20) break;
    if (id !== PROFILE_NOTE && bytes / BYTES_PER_TOKEN > room) continue;
    const note = await readOrSkip(store, id);
    if (note === undefined) seen.add(id);
    if (note === undefined || note === 'unreadable') continue;
    if (note.provenance.kind === 'external') {
      external.push([id, note.provenance.source]);
      continue;
    }
    const block = blockOf(note, room);
    if (block === undefined) continue;
    blocks.push(block);
    seen.add(id);
    tokens += estimateTokens(block) + 1;
  }
  return { blocks, tokens, seen, external };
}

function blockOf(note: MemoryNote, budget: number): string | undefined {
  const block = `## ${note.id}\n\n${note.text.trim()}`;
  if (estimateTokens(block) <= budget) return block;
  return note.id === PROFILE_NOTE ? cutBlock(block, budget, `[cut here; the rest: memory.read ${note.id}]`) : undefined;
}

/** The profile always counts: its start is better than its title. */
function cutBlock(block: string, budget: number, ending: string): string | undefined {
  let room = budget - estimateTokens(ending) - 1;
  const lines: string[] = [];
  for (const line of block.split('\n')) {
    room -= estimateTokens(`${line}\n`);
    if (room < 0) break;
    lines.push(line);
  }
  return lines.length > 2 ? [...lines, ending].join('\n') : undefined;
}

/** The own notes: the profile, the rest of `user/`, then the ones changed last. */
function byPriority(headings: readonly MemoryHeading[]): readonly MemoryHeading[] {
  const rank = (id: NoteId): number => (id === PROFILE_NOTE ? 0 : id.startsWith('user/') ? 1 : 2);
  const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
  return headings
    .filter((heading) => heading.provenance.kind === 'own')
    .sort((one, other) => rank(one.id) - rank(other.id) || compare(other.updated, one.updated) || compare(one.id, other.id));
}

function externalOnes(headings: readonly MemoryHeading[]): readonly (readonly [NoteId, string])[] {
  return headings.flatMap(({ id, provenance }) => (provenance.kind === 'external' ? [[id, provenance.source] as const] : []));
}

function listRest(others: readonly MemoryHeading[], external: readonly (readonly [NoteId, string])[], budget: number): readonly string[] {
  const named = fitting(external, externalLine, others.length === 0 ? budget : budget * 0.4);
  const listed = fitting(others, headingLine, budget - estimateTokens(named.join('\n')));
  const missing = others.length + external.length - named.length - listed.length;
  return [
    ...(listed.length === 0 ? [] : [`## Further notes (memory.read gives the text)\n\n${listed.join('\n')}`]),
    ...(named.length === 0 ? [] : [`## Notes with text from elsewhere (named only: not the person's word)\n\n${named.join('\n')}`]),
    ...(missing === 0 ? [] : [`${missing} more ${missing === 1 ? 'note' : 'notes'}: memory.search finds them, memory.list names them.`]),
  ];
}

/** The lines of the first things that fit into a budget of tokens. */
function fitting<T>(things: readonly T[], lineOf: (thing: T) => string, budget: number): readonly string[] {
  const lines: string[] = [];
  let room = budget;
  for (const thing of things) {
    const line = lineOf(thing);
    room -= estimateTokens(`${line}\n`);
    if (room < 0) break;
    lines.push(line);
  }
  return lines;
}

function headingLine({ id, title, tags }: MemoryHeading): string {
  const name = id === `${title}.md` || id.endsWith(`/${title}.md`) ? '' : `: ${title}`;
  return `- ${id}${name}${tags.length === 0 ? '' : ` (${oneLine(tags.join(', '), 80)})`}`;
}

function externalLine([id, source]: readonly [NoteId, string]): string {
  return neutralise(`- ${id} (from ${oneLine(source, 80)})`);
}

async function readOrSkip(store: MemoryStore, id: NoteId): Promise<MemoryNote | 'unreadable' | undefined> {
  try {
    return await store.read(id);
  } catch (error) {
    if (isPyraError(error)) return 'unreadable';
    throw error;
  }
}
