// Embeds Pyra in a script: a tool of its own, an approver of its own, one question to a model server, and the events as they come.
// Run: node embed.js BASE_URL MODEL HOME   (any OpenAI-compatible server; HOME is a folder that Pyra may make)
import { type Approver, createPyra, DEFAULT_SETTINGS, InMemoryToolProvider, newConversationId } from 'pyra';

const [base_url = 'http://127.0.0.1:11434/v1', model = 'llama3.2', home = './pyra-home'] = process.argv.slice(2);

// A tool is a definition and a function. It writes something down, so Pyra asks before each call.
const list: string[] = [];
const shopping = new InMemoryToolProvider('shopping', [
  {
    definition: {
      name: 'shopping.add',
      description: 'Puts a thing on the shopping list.',
      parameters: { type: 'object', properties: { thing: { type: 'string' } }, required: ['thing'], additionalProperties: false },
      effect: 'write',
    },
    run: ({ thing }) => `${list.push(String(thing))} things on the list`,
  },
]);

// Whoever decides sees exactly the call that will run. Here: tea is fine, everything else is not.
const approver: Approver = {
  decide: async ({ call }) =>
    call.args.thing === 'tea' ? { outcome: 'allow', scope: 'once', by: 'person' } : { outcome: 'deny', by: 'person', note: 'only tea' },
};

const settings = { ...DEFAULT_SETTINGS, ai: { ...DEFAULT_SETTINGS.ai, provider_id: 'openai-compatible', model, base_url } };
const pyra = await createPyra({ home, with: { tools: [shopping], settings } });
try {
  const request = { conversation: newConversationId(pyra.system), text: 'Put tea on my list.', origin: { kind: 'script' } } as const;
  for await (const event of pyra.assistant.respond(request, { approver, signal: AbortSignal.timeout(60_000) })) {
    console.log(JSON.stringify(event));
  }
} finally {
  await pyra.close();
}
console.log(`on the list: ${list.join(', ')}`);
