import type { ScriptedAnswer } from '../../adapters/support/scripted-answer.js';
import { isJsonObject, type JsonObject } from '../../core/domain/json.js';

/** One message of the tour, as if the person had typed it. */
export interface DemoStep {
  /** What the tour shows next, for the person. */
  readonly heading: string;
  readonly text: string;
  /** Whether a new conversation starts with it. */
  readonly fresh: boolean;
}

const HELLO = 'Hello! What are you?';
const REMEMBER = 'Please remember that I drink green tea, without milk.';
const RECALL = 'What do I like to drink?';

/** The messages of the tour in order. */
export const DEMO_STEPS: readonly DemoStep[] = [
  { heading: '1. An answer, shown as it arrives', text: HELLO, fresh: true },
  { heading: '2. A tool that writes: it runs only if you say so', text: REMEMBER, fresh: false },
  { heading: '3. A new conversation: it knows nothing of the first one, but it can read your notes', text: RECALL, fresh: true },
];

/** What the person is told on the card of the second step where nobody sits at a terminal. */
export const DEMO_NOTE = 'I drink green tea, without milk.';

const ABOUT = `I am the **scripted model** of this tour: my sentences were written in advance. All the rest is real:

- the answer comes over HTTP, from a server on this machine
- its key was fetched from an *age vault* a moment ago
- every tool call passes a gate that asks you first`;

/** What the scripted model answers to a chat request. It reads the results of its calls, as any model would, and says what really came of them. */
export function demoAnswer(body: JsonObject, pause: number): ScriptedAnswer {
  const messages = Array.isArray(body.messages) ? body.messages.filter(isJsonObject) : [];
  const asked = textOf(messages.findLast(({ role }) => role === 'user'));
  const last = messages.at(-1);
  const result = last?.role === 'tool' ? textOf(last) : undefined;
  if (asked.includes(REMEMBER)) return result === undefined ? callRemember(pause) : { pause, text: afterRemember(result) };
  if (asked.includes(RECALL)) return result === undefined ? callSearch(pause) : { pause, text: afterSearch(result) };
  return { pause, text: ABOUT };
}

function callRemember(pause: number): ScriptedAnswer {
  const args = { name: 'user/profile.md', content: DEMO_NOTE };
  return {
    pause,
    text: 'I write that into your profile. You see what I want to write, word for word:',
    calls: [{ name: 'memory__remember', args }],
  };
}

function afterRemember(result: string): string {
  if (/denied|aborted/.test(result)) return 'You said no, so nothing was written. Whatever I am told to do, I cannot get past that answer.';
  return 'Done. It is a Markdown file in your home: you can read it, change it or delete it with any editor.';
}

function callSearch(pause: number): ScriptedAnswer {
  return {
    pause,
    text: 'I look into your notes; reading them needs no question.',
    calls: [{ name: 'memory__search', args: { query: 'drink' } }],
  };
}

function afterSearch(result: string): string {
  if (!result.includes('green tea')) return 'There is no note about that. (You did not let me write one.)';
  return 'Green tea, **without milk**. It says so in `user/profile.md`.';
}

function textOf(message: JsonObject | undefined): string {
  const content = message?.content;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isJsonObject(part) && typeof part.text === 'string' ? part.text : '')).join('');
}
