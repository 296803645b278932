// A process for tests of the conversation store: `append FOLDER ID NAME COUNT` appends COUNT messages and prints each number once it is confirmed;
// `lease FOLDER ID` holds the conversation and stays.
import { FsConversationStore } from '../../src/adapters/filesystem/fs-conversation-store.js';
import type { ConversationId } from '../../src/core/domain/identifiers.js';
import { userMessage } from './messages.js';

const [task, folder = '', id = '', name = '', count = '0'] = process.argv.slice(2);
const store = new FsConversationStore(folder);
const conversation = id as ConversationId;
if (task === 'append') {
  for (let number = 0; number < Number(count); number += 1) {
    await store.append(conversation, [userMessage(`${name} ${number}`)]);
    process.stdout.write(`${name} ${number}\n`);
  }
} else if (task === 'lease') {
  await store.lease(conversation);
  process.stdout.write('held\n');
  setInterval(() => undefined, 1_000);
}
