import type { MemoryHeading } from '../../core/domain/memory-note.js';
import { oneLine } from '../../core/domain/memory-note-title.js';

/** The text of `MEMORY_INDEX.md`: every note by folder with a link, its title and tags; an external one by name and source only. */
export function printIndexFile(headings: readonly MemoryHeading[]): string {
  const folders = new Map<string, string[]>();
  for (const heading of headings) {
    const folder = heading.id.includes('/') ? heading.id.slice(0, heading.id.lastIndexOf('/')) : '';
    const lines = folders.get(folder) ?? [];
    lines.push(headingLine(heading));
    folders.set(folder, lines);
  }
  const sections = [...folders]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([folder, lines]) => `## ${folder === '' ? 'memory' : folder}\n\n${lines.join('\n')}\n`);
  const opening = `# Memory index\n\nMade by Pyra from the notes: what is changed here is lost.\n`;
  return [opening, ...(sections.length === 0 ? ['There are no notes yet.\n'] : sections)].join('\n');
}

function headingLine({ id, title, tags, provenance, updated }: MemoryHeading): string {
  const external = provenance.kind === 'external';
  const label = external ? id : title;
  const more = external ? ` (text from ${oneLine(provenance.source, 80)})` : tags.length === 0 ? '' : ` (${tags.join(', ')})`;
  return `- [${label.replace(/[[\]\\]/g, '\\$&')}](<${id.replace(/[<>\\]/g, '\\$&')}>)${more}, ${updated.slice(0, 10)}`;
}
