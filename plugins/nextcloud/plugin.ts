import { definePlugin } from 'pyra/plugin';

// Every handler loads its part when it is first called: a plugin's first answer waits for nothing that it does not need.
export default definePlugin({
  tools: {
    calendars: async (args, context) => (await import('./list-calendars.js')).listCalendars(args, context),
    events: async (args, context) => (await import('./list-events.js')).listEvents(args, context),
    free: async (args, context) => (await import('./find-free.js')).findFree(args, context),
    tasks: async (args, context) => (await import('./list-tasks.js')).listTasks(args, context),
    event_create: async (args, context) => (await import('./create-event.js')).createEvent(args, context),
    event_invite: async (args, context) => (await import('./invite-people.js')).invitePeople(args, context),
    event_update: async (args, context) => (await import('./update-event.js')).updateEvent(args, context),
    event_delete: async (args, context) => (await import('./delete-event.js')).deleteEvent(args, context),
    event_restore: async (args, context) => (await import('./restore-event.js')).restoreEvent(args, context),
    contacts: async (args, context) => (await import('./list-contacts.js')).listContacts(args, context),
    contact_create: async (args, context) => (await import('./write-contact.js')).createContact(args, context),
    contact_update: async (args, context) => (await import('./write-contact.js')).updateContact(args, context),
    files: async (args, context) => (await import('./list-files.js')).listFiles(args, context),
    file_read: async (args, context) => (await import('./read-file.js')).readFile(args, context),
    file_search: async (args, context) => (await import('./search-files.js')).searchFiles(args, context),
    file_write: async (args, context) => (await import('./write-file.js')).writeFile(args, context),
    file_move: async (args, context) => (await import('./move-file.js')).moveFile(args, context),
    file_delete: async (args, context) => (await import('./delete-file.js')).deleteFile(args, context),
  },
  previews: {
    event_create: async (args, context) => (await import('./create-event.js')).previewCreate(args, context),
    event_invite: async (args, context) => (await import('./invite-people.js')).previewInvite(args, context),
    event_update: async (args, context) => (await import('./update-event.js')).previewUpdate(args, context),
    event_delete: async (args, context) => (await import('./delete-event.js')).previewDeleteEvent(args, context),
    event_restore: async (args, context) => (await import('./restore-event.js')).previewRestore(args, context),
    contact_create: async (args, context) => (await import('./write-contact.js')).previewCreateContact(args, context),
    contact_update: async (args, context) => (await import('./write-contact.js')).previewUpdateContact(args, context),
    file_write: async (args, context) => (await import('./write-file.js')).previewWrite(args, context),
    file_move: async (args, context) => (await import('./move-file.js')).previewMove(args, context),
    file_delete: async (args, context) => (await import('./delete-file.js')).previewDelete(args, context),
  },
  check: async (account, context) => (await import('./check-account.js')).checkAccount(account, context),
});
