import { definePlugin } from 'pyra/plugin';

// Every handler loads its part when it is first called: a plugin's first answer waits for nothing that it does not need.
export default definePlugin({
  tools: {
    calendars: async (args, context) => (await import('./list-calendars.js')).listCalendars(args, context),
    events: async (args, context) => (await import('./list-events.js')).listEvents(args, context),
    files: async (args, context) => (await import('./list-files.js')).listFiles(args, context),
    file_read: async (args, context) => (await import('./read-file.js')).readFile(args, context),
    file_search: async (args, context) => (await import('./search-files.js')).searchFiles(args, context),
    file_write: async (args, context) => (await import('./write-file.js')).writeFile(args, context),
    file_move: async (args, context) => (await import('./move-file.js')).moveFile(args, context),
    file_delete: async (args, context) => (await import('./delete-file.js')).deleteFile(args, context),
  },
  previews: {
    file_write: async (args, context) => (await import('./write-file.js')).previewWrite(args, context),
    file_move: async (args, context) => (await import('./move-file.js')).previewMove(args, context),
    file_delete: async (args, context) => (await import('./delete-file.js')).previewDelete(args, context),
  },
});
