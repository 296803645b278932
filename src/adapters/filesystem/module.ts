import { ContainerModule } from 'inversify';
import { scanInbound } from '../../core/domain/injection-scan.js';
import { provide, tokens } from '../../tokens.js';
import { homePaths } from '../support/home-paths.js';
import { FsAuditLog } from './fs-audit-log.js';
import { FsConversationStore } from './fs-conversation-store.js';
import { FsMemoryStore } from './fs-memory-store.js';
import { PyraHome } from './pyra-home.js';

/** What is kept as files of the home: the home itself, conversations, notes, the audit log. */
export const filesystemModule = new ContainerModule(({ bind, onDeactivation }) => {
  provide(bind, tokens.home, [tokens.homePath], (root) => new PyraHome(root));
  provide(bind, tokens.conversations, [tokens.homePath], (root) => new FsConversationStore(homePaths(root).conversations));
  provide(bind, tokens.memoryStore, [tokens.homePath, tokens.auditLog, tokens.system], (root, auditLog, system) => {
    const { memory, state } = homePaths(root);
    return new FsMemoryStore({
      memory,
      state,
      suspicious: (text) => scanInbound(text).length > 0,
      report: ({ label, message }) => {
        // What is only passed over is told by the commands that look; what was changed is also written down.
        if (label !== 'mode-repaired') return;
        void auditLog.append({ log: 'security', event: label, at: system.now(), detail: { message } }).catch(() => undefined);
      },
    });
  });
  onDeactivation(tokens.memoryStore, (store) => (store as FsMemoryStore).close());
  provide(bind, tokens.mcpRecords, [tokens.homePath], async (root) => {
    const { FsMcpRecords } = await import('./fs-mcp-records.js');
    return new FsMcpRecords(root);
  });
  provide(bind, tokens.auditSeal, [], () => ({ key: async () => undefined }));
  provide(bind, tokens.auditLog, [tokens.homePath, tokens.auditSeal], (root, seal) => new FsAuditLog(root, { sealKey: () => seal.key() }));
});
