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
const MAX_CONSIDERED = 500;

/**
 * The memory's part of a system prompt, at most `maxTokens` by estimate: own notes whole (the profile, then the rest of `user/`, then the
 * ones changed last), further ones as headings, external ones by name and source only, the number of what is left out. Notes are read anew,
 * so that an edit by hand shows; the list of them may be that of the last check.
 */
export async function memoryContext(store: MemoryStore, maxTokens: number): Promise<string> {
  const headings = (await store.headings({ quick: true })).filter((heading) => heading.id !== PERSONA_NOTE);
  const budget = maxTokens - TOKENS_FOR_FRAME;
  if (headings.length === 0 || budget <= 0) return '';
  const own = headings.filter((heading) => heading.provenance.kind === 'own');
  const ordered = byPriority(own);
  const reserved = Math.min(budget * HEADINGS_SHARE, TOKENS_PER_HEADING * headings.length);
  const loaded = await loadOwn(store, ordered, budget - reserved);
  const external = [...externalOnes(headings), ...loaded.external];
  const known = new Set([...loaded.seen, ...loaded.external.map(([id]) => id)]);
  const others = ordered.filter((heading) => !known.has(heading.id));
  const rest = listRest(others, own.length - ordered.length, external, budget - loaded.tokens);
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
  const candidates = probable(ordered, budget);
  const notes = await Promise.all(candidates.map(({ id }) => readOrSkip(store, id)));
  const blocks: string[] = [];
  const seen = new Set<NoteId>();
  const external: (readonly [NoteId, string])[] = [];
  let tokens = 0;
  for (const [index, { id }] of candidates.entries()) {
    const note = notes[index];
    if (note === undefined) seen.add(id);
    if (note === undefined || note === 'unreadable') continue;
    if (note.provenance.kind === 'external') {
      external.push([id, note.provenance.source]);
      continue;
    }
    const block = blockOf(note, budget - tokens);
    if (block === undefined) continue;
    blocks.push(block);
    seen.add(id);
    tokens += estimateTokens(block) + 1;
  }
  return { blocks, tokens, seen, external };
}

/** The notes that fit by what the index says of their size; the profile counts whatever its size. */
function probable(ordered: readonly MemoryHeading[], budget: number): readonly MemoryHeading[] {
  const fitting: MemoryHeading[] = [];
  let room = budget;
  for (const heading of ordered) {
    if (fitting.length >= MAX_LOADED || room < 20) break;
    const cost = Math.ceil((heading.bytes + heading.id.length) / BYTES_PER_TOKEN);
    if (cost > room && heading.id !== PROFILE_NOTE) continue;
    fitting.push(heading);
    room -= cost;
  }
  return fitting;
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

/** The own notes that can matter: the profile, the rest of `user/`, then the ones changed last. Sorting thousands would delay every start. */
function byPriority(own: readonly MemoryHeading[]): readonly MemoryHeading[] {
  const isUser = ({ id }: MemoryHeading): boolean => id.startsWith('user/');
  const profile = own.filter(({ id }) => id === PROFILE_NOTE);
  const user = own.filter((heading) => isUser(heading) && heading.id !== PROFILE_NOTE);
  const others = own.filter((heading) => !isUser(heading));
  return [...profile, ...newest(user), ...newest(others)];
}

/** The headings that were changed last, newest first, at most {@link MAX_CONSIDERED}; those changed at the same time by id, as they came. */
function newest(headings: readonly MemoryHeading[]): readonly MemoryHeading[] {
  const kept: MemoryHeading[] = [];
  for (const heading of headings) {
    const last = kept.at(-1);
    if (kept.length >= MAX_CONSIDERED && last !== undefined && last.updated >= heading.updated) continue;
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((kept[middle]?.updated ?? '') >= heading.updated) low = middle + 1;
      else high = middle;
    }
    kept.splice(low, 0, heading);
    if (kept.length > MAX_CONSIDERED) kept.pop();
  }
  return kept;
}

function externalOnes(headings: readonly MemoryHeading[]): readonly (readonly [NoteId, string])[] {
  return headings.flatMap(({ id, provenance }) => (provenance.kind === 'external' ? [[id, provenance.source] as const] : []));
}

function listRest(
  others: readonly MemoryHeading[],
  unlisted: number,
  external: readonly (readonly [NoteId, string])[],
  budget: number,
): readonly string[] {
  const named = fitting(external, externalLine, others.length === 0 ? budget : budget * 0.4);
  const listed = fitting(others, headingLine, budget - estimateTokens(named.join('\n')));
  const missing = unlisted + others.length + external.length - named.length - listed.length;
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
