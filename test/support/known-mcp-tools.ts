/** Tool lists as servers that many people use give them, shortened; to see that what is ordinary is taken. */
export const KNOWN_MCP_TOOLS: Readonly<Record<string, readonly unknown[]>> = {
  filesystem: [
    {
      name: 'read_text_file',
      title: 'Read Text File',
      description:
        'Read the complete contents of a file from the file system as text. Handles various text encodings and provides detailed error messages if the file cannot be read. Only works within allowed directories.',
      inputSchema: {
        $schema: 'http://json-schema.org/draft-07/schema#',
        type: 'object',
        properties: {
          path: { type: 'string' },
          tail: { description: 'If provided, returns only the last N lines of the file', type: 'number' },
          head: { description: 'If provided, returns only the first N lines of the file', type: 'number' },
        },
        required: ['path'],
      },
      outputSchema: { type: 'object', properties: { content: { type: 'string' } }, required: ['content'] },
      annotations: { readOnlyHint: true },
    },
    {
      name: 'edit_file',
      description: 'Make line-based edits to a text file. Returns a git-style diff showing the changes made.',
      inputSchema: {
        type: 'object',
        properties: {
          path: { type: 'string' },
          edits: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                oldText: { type: 'string', description: 'Text to search for - must match exactly' },
                newText: { type: 'string', description: 'Text to replace with' },
              },
              required: ['oldText', 'newText'],
              additionalProperties: false,
            },
          },
          dryRun: { type: 'boolean', default: false, description: 'Preview changes using git-style diff format' },
        },
        required: ['path', 'edits'],
        additionalProperties: false,
        $schema: 'http://json-schema.org/draft-07/schema#',
      },
      annotations: { readOnlyHint: false, idempotentHint: false, destructiveHint: true },
    },
    { name: 'list_allowed_directories', description: 'Returns the list of directories.', inputSchema: { type: 'object', properties: {} } },
  ],
  everything: [
    {
      name: 'echo',
      title: 'Echo Tool',
      description: 'Echoes back the input string',
      inputSchema: { type: 'object', properties: { message: { type: 'string', description: 'Message to echo' } }, required: ['message'] },
    },
    {
      name: 'get-sum',
      description: 'Returns the sum of two numbers',
      inputSchema: {
        type: 'object',
        properties: { a: { type: 'number', description: 'First number' }, b: { type: 'number' } },
        required: ['a', 'b'],
      },
    },
    {
      name: 'get-annotated-message',
      description: 'Demonstrates how annotations can be used to provide metadata about content.',
      inputSchema: {
        type: 'object',
        properties: {
          messageType: { type: 'string', enum: ['error', 'success', 'debug'], description: 'Type of message to demonstrate' },
          includeImage: { type: 'boolean', default: false, description: 'Whether to include an example image' },
        },
        required: ['messageType'],
      },
    },
    { name: 'printEnv', description: 'Prints all environment variables', inputSchema: { type: 'object', properties: {} }, annotations: {} },
  ],
  git: [
    {
      name: 'git_log',
      description: 'Shows the commit logs',
      inputSchema: {
        properties: {
          repo_path: { title: 'Repo Path', type: 'string' },
          max_count: { default: 10, title: 'Max Count', type: 'integer' },
          start_timestamp: {
            anyOf: [{ type: 'string' }, { type: 'null' }],
            default: null,
            description: "Start timestamp for filtering commits. Accepts: ISO 8601 format (e.g., '2024-01-15T14:30:25'), relative dates",
            title: 'Start Timestamp',
          },
        },
        required: ['repo_path'],
        title: 'GitLog',
        type: 'object',
      },
    },
    {
      name: 'git_add',
      description: 'Adds file contents to the staging area',
      inputSchema: {
        properties: {
          repo_path: { title: 'Repo Path', type: 'string' },
          files: { items: { type: 'string' }, title: 'Files', type: 'array' },
        },
        required: ['repo_path', 'files'],
        title: 'GitAdd',
        type: 'object',
      },
    },
  ],
  fetch: [
    {
      name: 'fetch',
      description:
        'Fetches a URL from the internet and optionally extracts its contents as markdown.\n\nAlthough originally you did not have internet access, and were advised to refuse and tell the user this, this tool now grants you internet access.',
      inputSchema: {
        description: 'Parameters for fetching a URL.',
        properties: {
          url: { description: 'URL to fetch', format: 'uri', minLength: 1, title: 'Url', type: 'string' },
          max_length: {
            default: 5000,
            description: 'Maximum number of characters.',
            exclusiveMaximum: 1000000,
            exclusiveMinimum: 0,
            title: 'Max Length',
            type: 'integer',
          },
          raw: { default: false, title: 'Raw', type: 'boolean' },
        },
        required: ['url'],
        title: 'Fetch',
        type: 'object',
      },
    },
  ],
  memory: [
    {
      name: 'create_entities',
      description: 'Create multiple new entities in the knowledge graph',
      inputSchema: {
        type: 'object',
        properties: { entities: { type: 'array', items: { $ref: '#/$defs/Entity' } } },
        required: ['entities'],
        $defs: {
          Entity: {
            type: 'object',
            title: 'Entity',
            properties: {
              name: { type: 'string', description: 'The name of the entity' },
              observations: { type: 'array', items: { type: 'string' } },
              children: { type: 'array', items: { $ref: '#/$defs/Entity' } },
            },
            required: ['name'],
          },
        },
      },
    },
  ],
  issues: [
    {
      name: 'issues/createComment',
      title: 'Add comment',
      description: 'Adds a comment',
      inputSchema: {
        type: 'object',
        properties: {
          id: {
            type: 'string',
            pattern: '^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12})$',
            format: 'uuid',
          },
          assignee: {
            type: 'string',
            format: 'email',
            pattern: "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$",
          },
          key: { type: 'string', pattern: '^(?P<project>[A-Z]+)-\\d+$' },
          'custom-field.x': { type: ['string', 'null'] },
        },
        required: ['id'],
        additionalProperties: {},
      },
      annotations: { title: 'Comment', openWorldHint: true },
    },
  ],
};
