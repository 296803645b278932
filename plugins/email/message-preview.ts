import { shownAddress } from './mail-address.js';
import { oneLine } from './one-line.js';
import type { OutgoingMessage } from './outgoing-message.js';
import { presetOfHost } from './provider-presets.js';

/** Says what exactly will be sent, or saved as a draft. The text comes last, so that nothing in it can pass for a field. */
export function messagePreview(message: OutgoingMessage, what: 'send' | 'draft'): string {
  const { account, from, to, cc, bcc, subject, body, attachments, answers } = message;
  const lines = [`From: ${shownAddress(from)}`, `To: ${to.map(shownAddress).join(', ')}`];
  if (cc.length > 0) lines.push(`Cc: ${cc.map(shownAddress).join(', ')}`);
  if (bcc.length > 0) lines.push(`Bcc: ${bcc.map(shownAddress).join(', ')} (the others do not see them)`);
  lines.push(`Subject: ${subject === '' ? '(empty)' : subject}`);
  if (answers !== undefined) lines.push(`In reply to: ${JSON.stringify(answers.subject)} of ${oneLine(answers.from)} ${answers.messageId}`);
  for (const { name, content, sha256 } of attachments) {
    lines.push(`Attachment: ${name} (${content.length.toLocaleString('en')} bytes, SHA-256 ${sha256})`);
  }
  const { host, port, tls } = account.smtp;
  const copy = presetOfHost(host)?.savesSent === true ? 'the provider keeps a copy' : 'a copy is kept in the folder of sent mail';
  const way = `Sent by ${host}:${port} (${tls === 'none' ? 'NOT encrypted' : 'encrypted'}); ${copy}. Date and Message-ID are set at that moment.`;
  lines.push(what === 'send' ? way : 'Saved in the folder of drafts; nothing is sent.', '', body);
  return lines.join('\n');
}
