import { definePlugin } from 'pyra/plugin';

// Every handler loads its part when it is first called: a plugin's first answer waits for nothing that it does not need.
export default definePlugin({
  tools: {
    calendars: async (args, context) => (await import('./list-calendars.js')).listCalendars(args, context),
    events: async (args, context) => (await import('./list-events.js')).listEvents(args, context),
  },
});
