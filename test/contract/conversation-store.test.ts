import { join } from 'node:path';
import { FsConversationStore } from '../../src/adapters/filesystem/fs-conversation-store.js';
import { InMemoryConversationStore } from '../../src/adapters/in-memory/in-memory-conversation-store.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { conversationStoreContract } from './conversation-store.contract.js';

conversationStoreContract({
  name: InMemoryConversationStore.name,
  create: async () => ({ port: new InMemoryConversationStore() }),
});

conversationStoreContract({
  name: FsConversationStore.name,
  create: async () => {
    const folder = temporaryFolder();
    const open = (): FsConversationStore => new FsConversationStore(join(folder, 'conversations'));
    return { port: open(), reopen: async () => open(), dispose: async () => removeFolder(folder) };
  },
});
