import type { AuditLog } from '../../ports/audit-log.js';
import type { System } from '../../ports/system.js';
import type { Finding } from '../domain/finding.js';
import type { ConversationId } from '../domain/identifiers.js';

/**
 * Writes findings about a text into the security log: label, category, offset and a hash of the text, never the text.
 * @param where what the text is: `answer`, an attachment's source, a tool's name
 */
export async function recordFindings(
  ports: { readonly audit: AuditLog; readonly system: System },
  conversation: ConversationId,
  where: string,
  text: string,
  findings: readonly Finding[],
): Promise<void> {
  const hash = ports.system.digest(text);
  for (const finding of findings) {
    await ports.audit.append({
      log: 'security',
      event: 'finding',
      at: ports.system.now(),
      detail: {
        conversation,
        where,
        label: finding.label,
        category: finding.category,
        hash,
        ...(finding.offset === undefined ? {} : { offset: finding.offset }),
      },
    });
  }
}
