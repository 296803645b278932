import type { JsonObject } from './json.js';
import type { Attachment, Message } from './message.js';
import type { Redactor } from './redaction.js';

/**
 * A message as it is stored: every text of it redacted. Opaque provider state stays as it is, since providers check it, and images do too.
 * Tool results were redacted by the gate.
 */
export function redactedMessage(message: Message, redactor: Redactor): Message {
  switch (message.role) {
    case 'user':
      return {
        ...message,
        text: redactor.redact(message.text),
        ...(message.attachments === undefined ? {} : { attachments: message.attachments.map((one) => redactedAttachment(one, redactor)) }),
      };
    case 'assistant':
      return {
        ...message,
        text: redactor.redact(message.text),
        calls: message.calls.map((call) => ({ ...call, args: redactor.redactJson(call.args) as JsonObject })),
        ...(message.reasoning === undefined ? {} : { reasoning: redactor.redact(message.reasoning) }),
      };
    case 'summary':
      return { ...message, text: redactor.redact(message.text) };
    case 'tool':
      return message;
  }
}

function redactedAttachment(attachment: Attachment, redactor: Redactor): Attachment {
  return attachment.kind === 'text' ? { ...attachment, text: redactor.redact(attachment.text) } : attachment;
}
