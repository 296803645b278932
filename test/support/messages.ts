import type { CallId, ConversationId, Instant, ToolName } from '../../src/core/domain/identifiers.js';
import type { AssistantMessage, Message, SummaryMessage, ToolMessage, UserMessage } from '../../src/core/domain/message.js';

/** A moment for tests: `seconds` after a fixed start. */
export function momentOf(seconds: number): Instant {
  return new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + seconds * 1_000).toISOString() as Instant;
}

/** A conversation's id from any fitting text. */
export function conversationOf(id: string): ConversationId {
  return id as ConversationId;
}

/** What the person says in a test. */
export function userMessage(text: string, more: Partial<UserMessage> = {}): UserMessage {
  return { role: 'user', text, origin: { kind: 'terminal' }, provenance: { kind: 'own' }, at: momentOf(0), ...more };
}

/** What the model says in a test. */
export function assistantMessage(text: string, more: Partial<AssistantMessage> = {}): AssistantMessage {
  return { role: 'assistant', text, calls: [], at: momentOf(1), ...more };
}

/** One message of each role with every optional field. */
export function oneOfEach(): readonly Message[] {
  const call = { id: 'call-1' as CallId, tool: 'email.search' as ToolName, args: { query: 'x', deep: [1, null, { y: false }] } };
  const opaque = { provider: 'openai', value: { id: 'r1', list: [1, 2] } };
  const tool: ToolMessage = {
    role: 'tool',
    result: { call: call.id, tool: call.tool, text: 'three mails\u2028\u0000\ud83d\ude00', data: { count: 3 }, outcome: 'ok' },
    provenance: { kind: 'external', source: 'mail from ana@example.org' },
    boundary: 'b2',
    at: momentOf(3),
  };
  const summary: SummaryMessage = { role: 'summary', text: 'they met', covers: 3, tainted: true, boundary: 'b3', at: momentOf(4) };
  return [
    userMessage('Grüße, 東京 👩‍👩‍👧\r\n\tand "more" \\', {
      attachments: [
        { kind: 'text', source: 'a.txt', text: 'line\nline', boundary: 'b1' },
        { kind: 'image', source: 'b.png', mediaType: 'image/png', base64: 'AAAA' },
      ],
      origin: {
        kind: 'channel',
        sender: { channel: 'telegram', id: '7', name: 'Ana' },
        address: { channel: 'telegram', chat: '9' },
      },
      provenance: { kind: 'external', source: 'telegram' },
    }),
    assistantMessage('let me look', { calls: [{ ...call, opaque }], reasoning: 'hm', opaque, interrupted: true, at: momentOf(2) }),
    tool,
    summary,
  ];
}
