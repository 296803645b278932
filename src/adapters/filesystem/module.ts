import { ContainerModule } from 'inversify';
import { provide, tokens } from '../../tokens.js';
import { homePaths } from '../support/home-paths.js';

/** What is kept as files of the home: the home itself, conversations, the audit log. */
export const filesystemModule = new ContainerModule(({ bind }) => {
  provide(bind, tokens.home, [tokens.homePath], async (root) => {
    const { PyraHome } = await import('./pyra-home.js');
    return new PyraHome(root);
  });
  provide(bind, tokens.conversations, [tokens.homePath], async (root) => {
    const { FsConversationStore } = await import('./fs-conversation-store.js');
    return new FsConversationStore(homePaths(root).conversations);
  });
  provide(bind, tokens.auditLog, [tokens.homePath], async (root) => {
    const { FsAuditLog } = await import('./fs-audit-log.js');
    return new FsAuditLog(root);
  });
});
