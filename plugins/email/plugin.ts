import { definePlugin } from 'pyra/plugin';

// Every handler loads its part when it is first called: a plugin's first answer waits for nothing that it does not need.
export default definePlugin({
  tools: {
    folders: async (args, context) => (await import('./list-folders.js')).listFolders(args, context),
    draft: async (args, context) => (await import('./save-draft.js')).saveDraft(args, context),
    send: async (args, context) => (await import('./send-message.js')).sendMessage(args, context),
    search: async (args, context) => (await import('./search-messages.js')).searchMessages(args, context),
    read: async (args, context) => (await import('./read-message.js')).readMessage(args, context),
  },
  previews: {
    draft: async (args, context) => (await import('./save-draft.js')).previewDraft(args, context),
    send: async (args, context) => (await import('./send-message.js')).previewMessage(args, context),
  },
  check: async (account, context) => (await import('./check-account.js')).checkAccount(account, context),
});
