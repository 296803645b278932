import { ContainerModule } from 'inversify';
import { provide, tokens } from '../../tokens.js';
import { homePaths } from '../support/home-paths.js';
import type { FsMemoryStore } from './fs-memory-store.js';

/** What is kept as files of the home: the home itself, conversations, notes, the audit log. */
export const filesystemModule = new ContainerModule(({ bind, onDeactivation }) => {
  provide(bind, tokens.home, [tokens.homePath], async (root) => {
    const { PyraHome } = await import('./pyra-home.js');
    return new PyraHome(root);
  });
  provide(bind, tokens.conversations, [tokens.homePath], async (root) => {
    const { FsConversationStore } = await import('./fs-conversation-store.js');
    return new FsConversationStore(homePaths(root).conversations);
  });
  provide(bind, tokens.memoryStore, [tokens.homePath, tokens.auditLog, tokens.system], async (root, auditLog, system) => {
    const { FsMemoryStore } = await import('./fs-memory-store.js');
    const { scanInbound } = await import('../../core/domain/injection-scan.js');
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
  provide(bind, tokens.auditSeal, [], () => ({ key: async () => undefined }));
  provide(bind, tokens.auditLog, [tokens.homePath, tokens.auditSeal], async (root, seal) => {
    const { FsAuditLog } = await import('./fs-audit-log.js');
    return new FsAuditLog(root, { sealKey: () => seal.key() });
  });
});
