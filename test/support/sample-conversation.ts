import type { CallId, Instant, ToolName } from '../../src/core/domain/identifiers.js';
import type { Message } from '../../src/core/domain/message.js';

const at = (minute: number): Instant => `2026-03-01T10:${String(minute).padStart(2, '0')}:00.000Z` as Instant;

/** A conversation with a question, a call with an external result that holds an escape sequence, an answer that was cut short, and a summary. */
export const SAMPLE_CONVERSATION: readonly Message[] = [
  { role: 'user', text: 'When does the café open?', origin: { kind: 'terminal' }, provenance: { kind: 'own' }, at: at(1) },
  {
    role: 'assistant',
    text: 'I look it up.',
    calls: [{ id: 'call-1' as CallId, tool: 'web.fetch' as ToolName, args: { url: 'https://cafe.example' } }],
    at: at(2),
  },
  {
    role: 'tool',
    result: { call: 'call-1' as CallId, tool: 'web.fetch' as ToolName, text: 'Open from nine\u001b[2J\u202e', outcome: 'ok' },
    provenance: { kind: 'external', source: 'cafe.example' },
    boundary: 'b1',
    at: at(3),
  },
  { role: 'assistant', text: 'It opens **at nine**', calls: [], interrupted: true, at: at(4) },
  { role: 'summary', text: 'The café opens at nine.', covers: 2, tainted: true, boundary: 'b2', at: at(5) },
];
