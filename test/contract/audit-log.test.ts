import { FsAuditLog } from '../../src/adapters/filesystem/fs-audit-log.js';
import { InMemoryAuditLog } from '../../src/adapters/in-memory/in-memory-audit-log.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { auditLogContract } from './audit-log.contract.js';

auditLogContract({
  name: FsAuditLog.name,
  create: async () => {
    const root = temporaryFolder();
    return { port: new FsAuditLog(root), reopen: async () => new FsAuditLog(root), dispose: async () => removeFolder(root) };
  },
});

auditLogContract({
  name: `${FsAuditLog.name} with an open vault`,
  create: async () => {
    const root = temporaryFolder();
    const open = (): FsAuditLog => new FsAuditLog(root, { sealKey: async () => new Uint8Array(32).fill(7) });
    return { port: open(), reopen: async () => open(), dispose: async () => removeFolder(root) };
  },
});

auditLogContract({
  name: InMemoryAuditLog.name,
  create: async () => {
    const memory = { lines: { tool_executions: [], security: [] } };
    return { port: new InMemoryAuditLog(memory), reopen: async () => new InMemoryAuditLog(memory) };
  },
});
