import type { Paint } from '../../adapters/support/terminal/paint.js';
import type { Message } from '../../core/domain/message.js';
import { visible } from '../../core/domain/untrusted.js';
import { MarkdownStream } from './markdown-stream.js';
import { visibleLine } from './visible-line.js';

/** How a conversation is shown. */
export interface ConversationLooks {
  readonly paint: Paint;
  readonly columns: number;
  /** Whether answers are rendered as Markdown; else they are shown as they were written. */
  readonly render: boolean;
}

/** How much of a result is shown; the rest is counted. */
const MAX_RESULT_LINES = 20;

/** A conversation for reading: who said what and when, calls and summaries too. Nothing in it is obeyed by a terminal. */
export function conversationText(messages: readonly Message[], looks: ConversationLooks): string {
  return messages.map((message) => messageText(message, looks)).join('\n\n');
}

function messageText(message: Message, looks: ConversationLooks): string {
  const { paint } = looks;
  const head = (who: string, mark = ''): string => `${paint.bold(who)} ${paint.dim(`${localTime(message.at)}${mark}`)}`;
  switch (message.role) {
    case 'user': {
      const from = message.provenance.kind === 'external' ? ` · from ${visibleLine(message.provenance.source)}` : '';
      const attached = (message.attachments ?? []).map((attachment) => {
        const size = attachment.kind === 'text' ? `${attachment.text.length} characters` : attachment.mediaType;
        return paint.dim(`[attached: ${visibleLine(attachment.source)}, ${size}]`);
      });
      return [head('you', from), visible(message.text), ...attached].filter((part) => part !== '').join('\n');
    }
    case 'assistant': {
      const calls = message.calls.map((call) => `→ ${visibleLine(call.tool)} ${paint.dim(visible(JSON.stringify(call.args)))}`);
      return [head('pyra', message.interrupted ? ' · interrupted' : ''), answerText(message.text, looks), ...calls]
        .filter((part) => part !== '')
        .join('\n');
    }
    case 'tool': {
      const { tool, outcome, text } = message.result;
      const from = message.provenance.kind === 'external' ? ` · text from ${visibleLine(message.provenance.source)}` : '';
      return `${head(`← ${visibleLine(tool)}`, ` · ${outcome}${from}`)}\n${resultText(text, paint)}`;
    }
    case 'summary':
      return `${head('summary', ` · stands for the first ${message.covers} messages`)}\n${visible(message.text)}`;
  }
}

function answerText(text: string, looks: ConversationLooks): string {
  if (!looks.render) return visible(text);
  let shown = '';
  const stream = new MarkdownStream({ write: (part) => (shown += part), columns: () => looks.columns, paint: looks.paint });
  stream.push(text);
  stream.end();
  return shown.trimEnd();
}

function resultText(text: string, paint: Paint): string {
  const lines = visible(text).split('\n');
  const shown = lines.slice(0, MAX_RESULT_LINES).map((line) => `  ${line}`);
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [paint.dim(`  … ${more} more lines; pyra session export has all of them`)] : [])].join('\n');
}

/** A moment in the person's time zone, to the minute. */
export function localTime(instant: string): string {
  const date = new Date(instant);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
