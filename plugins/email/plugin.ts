import { definePlugin } from 'pyra/plugin';

// Every handler loads its part when it is first called: a plugin's first answer waits for nothing that it does not need.
export default definePlugin({
  tools: {
    folders: async (args, context) => (await import('./list-folders.js')).listFolders(args, context),
    thread: async (args, context) => (await import('./read-thread.js')).readThread(args, context),
    events: async (args, context) => (await import('./find-events.js')).findEvents(args, context),
    attachment: async (args, context) => (await import('./save-attachment.js')).saveAttachment(args, context),
    flag: async (args, context) => (await import('./flag-messages.js')).flagMessages(args, context),
    move: async (args, context) => (await import('./move-messages.js')).moveMessages(args, { kind: 'folder', name: args.folder }, context),
    archive: async (args, context) => (await import('./move-messages.js')).moveMessages(args, { kind: 'archive' }, context),
    delete: async (args, context) => (await import('./move-messages.js')).moveMessages(args, { kind: 'trash' }, context),
    draft: async (args, context) => (await import('./save-draft.js')).saveDraft(args, context),
    send: async (args, context) => (await import('./send-message.js')).sendMessage(args, context),
    search: async (args, context) => (await import('./search-messages.js')).searchMessages(args, context),
    read: async (args, context) => (await import('./read-message.js')).readMessage(args, context),
  },
  previews: {
    attachment: async (args, context) => (await import('./preview-change.js')).previewAttachment(args, context),
    flag: async (args, context) => (await import('./preview-change.js')).previewFlag(args, context),
    move: async (args, context) => (await import('./preview-change.js')).previewMove(args, { kind: 'folder', name: args.folder }, context),
    archive: async (args, context) => (await import('./preview-change.js')).previewMove(args, { kind: 'archive' }, context),
    delete: async (args, context) => (await import('./preview-change.js')).previewMove(args, { kind: 'trash' }, context),
    draft: async (args, context) => (await import('./save-draft.js')).previewDraft(args, context),
    send: async (args, context) => (await import('./send-message.js')).previewMessage(args, context),
  },
  check: async (account, context) => (await import('./check-account.js')).checkAccount(account, context),
});
