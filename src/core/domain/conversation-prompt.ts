import type { Attachment, Message, SummaryMessage, UserMessage } from './message.js';
import type { PromptImage, PromptMessage } from './model.js';
import { estimateMessageTokens, firstWithinBudget, shortenResults } from './token-budget.js';
import type { ToolCall } from './tool.js';
import { resultForModel } from './tool-result.js';
import { fence } from './untrusted.js';

/** What of a conversation goes into a prompt, and what does not fit. */
export interface ConversationPrompt {
  readonly messages: readonly PromptMessage[];
  /** The messages before this index are neither in the prompt nor in its summary as yet; 0 when everything fits. */
  readonly unsummarised: { readonly from: number; readonly to: number };
}

/**
 * The messages of a prompt: the last summary, then the newest messages that fit into `budget` tokens. `provider` decides which opaque
 * state goes along; calls without a result get one that says so, since providers refuse a prompt without it.
 */
export function conversationPrompt(messages: readonly Message[], provider: string, budget: number): ConversationPrompt {
  const summary = lastSummary(messages);
  const offset = summary?.covers ?? 0;
  const head = summary === undefined ? [] : [promptOfSummary(summary)];
  const headTokens = head.reduce((total, message) => total + estimateMessageTokens(message), 0);
  const rendered = new Map<number, PromptMessage>();
  const render = (index: number): PromptMessage | undefined => {
    const message = messages[index + offset];
    if (message === undefined || message.role === 'summary') return undefined;
    const prompt = rendered.get(index) ?? promptOf(message, provider);
    rendered.set(index, prompt);
    return prompt;
  };
  const first = firstWithinBudget(
    {
      length: messages.length - offset,
      tokens: (index) => {
        const prompt = render(index);
        return prompt === undefined ? 0 : estimateMessageTokens(prompt);
      },
      startsExchange: (index) => messages[index + offset]?.role === 'user',
    },
    budget - headTokens,
  );
  const kept: PromptMessage[] = [];
  for (let index = first; index < messages.length - offset; index += 1) {
    const prompt = render(index);
    if (prompt !== undefined) kept.push(prompt);
  }
  const whole = mergeUserMessages([...head, ...answerEveryCall(kept)]);
  return {
    messages: shortenResults(whole, budget, (message) =>
      message.role === 'tool' ? `[left out to fit: result.read {"call":"${message.call}","from":1}]` : message.text,
    ),
    unsummarised: { from: offset, to: offset + first },
  };
}

/** The calls at the end of a conversation that have no result yet, as after a process that was killed. */
export function unansweredCalls(messages: readonly Message[]): readonly ToolCall[] {
  const last = messages.findLastIndex((message) => message.role === 'assistant');
  const message = messages[last];
  if (message === undefined || message.role !== 'assistant') return [];
  const answered = new Set(messages.slice(last + 1).map((later) => (later.role === 'tool' ? later.result.call : undefined)));
  return message.calls.filter((call) => !answered.has(call.id));
}

/** The summary in force: the last one. */
export function lastSummary(messages: readonly Message[]): SummaryMessage | undefined {
  return messages.findLast((message) => message.role === 'summary');
}

function promptOf(message: Exclude<Message, SummaryMessage>, provider: string): PromptMessage {
  switch (message.role) {
    case 'user':
      return promptOfUser(message);
    case 'assistant': {
      const text = message.interrupted ? `${message.text}\n[interrupted]`.trimStart() : message.text;
      const calls = message.calls.map((call) =>
        call.opaque === undefined || call.opaque.provider === provider ? call : withoutOpaque(call),
      );
      return message.opaque?.provider === provider
        ? { role: 'assistant', text, calls, opaque: message.opaque }
        : { role: 'assistant', text, calls };
    }
    case 'tool':
      return { role: 'tool', call: message.result.call, tool: message.result.tool, text: resultForModel(message) };
  }
}

function promptOfUser(message: UserMessage): PromptMessage {
  const attachments = message.attachments ?? [];
  const fenced = attachments.flatMap((attachment) => (attachment.kind === 'text' ? [fenceAttachment(attachment)] : []));
  const text = [...fenced, message.text].filter((part) => part !== '').join('\n\n');
  const images = attachments.flatMap((attachment): PromptImage[] =>
    attachment.kind === 'image' ? [{ mediaType: attachment.mediaType, base64: attachment.base64 }] : [],
  );
  return images.length === 0 ? { role: 'user', text } : { role: 'user', text, images };
}

function fenceAttachment(attachment: Attachment & { kind: 'text' }): string {
  return fence(attachment.text, attachment.source, attachment.boundary);
}

function promptOfSummary(summary: SummaryMessage): PromptMessage {
  const text = summary.tainted ? fence(summary.text, 'a summary of earlier messages', summary.boundary) : summary.text;
  return { role: 'user', text: `[summary of the earlier part of this conversation]\n${text}` };
}

function withoutOpaque(call: ToolCall): ToolCall {
  return { id: call.id, tool: call.tool, args: call.args };
}

function answerEveryCall(messages: readonly PromptMessage[]): readonly PromptMessage[] {
  const answered: PromptMessage[] = [];
  let open: readonly ToolCall[] = [];
  const close = (): void => {
    for (const call of open)
      answered.push({ role: 'tool', call: call.id, tool: call.tool, text: 'no result: Pyra was stopped before the call ended' });
    open = [];
  };
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.some((call) => call.id === message.call)) continue;
      open = open.filter((call) => call.id !== message.call);
    } else close();
    answered.push(message);
    if (message.role === 'assistant') open = message.calls;
  }
  close();
  return answered;
}

/** Some providers refuse two messages of the person in a row, as a failed turn leaves them. */
function mergeUserMessages(messages: readonly PromptMessage[]): readonly PromptMessage[] {
  const merged: PromptMessage[] = [];
  for (const message of messages) {
    const previous = merged.at(-1);
    if (message.role === 'user' && previous?.role === 'user') {
      const images = [...(previous.images ?? []), ...(message.images ?? [])];
      const text = `${previous.text}\n\n${message.text}`;
      merged[merged.length - 1] = images.length === 0 ? { role: 'user', text } : { role: 'user', text, images };
    } else merged.push(message);
  }
  return merged;
}
