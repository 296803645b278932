import { definePlugin } from 'pyra/plugin';

// Every handler loads its part when it is first called: a plugin's first answer waits for nothing that it does not need.
export default definePlugin({
  tools: {},
  previews: {},
});
