/** Any value that JSON can carry. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** The arguments of a call; the host has checked them against the tool's `parameters`. */
export type ToolArguments = { readonly [key: string]: JsonValue };

/** The person's answers to the questions of the manifest's `setup`, without the secrets. */
export type PluginSettings = { readonly [key: string]: JsonValue };

/** What a tool answers. A plain string stands for `{ text }`. */
export interface ToolAnswer {
  /** What the model reads; at most 1 MB, else it is cut. */
  readonly text: string;
  /** The same for programs. */
  readonly data?: JsonValue;
  /** Who wrote what the text holds, such as a mail's sender; shown to the person. */
  readonly source?: string;
}

/** What a handler is given besides its arguments. */
export interface PluginContext {
  /** The answers of the account `main`. */
  readonly settings: PluginSettings;
  /** The answers of every account, by its name. */
  readonly accounts: { readonly [account: string]: PluginSettings };
  readonly secrets: {
    /** A secret that the manifest's `secrets` names, such as `token` or `main.password`; `undefined` when the person has not given it. */
    get(name: string): Promise<string | undefined>;
    /** Stores one, such as a renewed token. */
    set(name: string, value: string): Promise<void>;
  };
  /** The only folder that the plugin may write, absolute. */
  readonly dataDir: string;
  /** Writes a line to `logs/plugin_errors.log`; secrets are taken out. */
  log(text: string): void;
  /** Shows a line to the person while the call runs. */
  progress(text: string): void;
  /** Aborts when the person cancels or the time is up. */
  readonly signal: AbortSignal;
}

/** Runs one tool. What it cannot do it says by throwing a {@link ToolFailure}. */
// biome-ignore lint/suspicious/noExplicitAny: the manifest's schema, which the host has checked, says what the arguments are
export type ToolHandler = (args: any, context: PluginContext) => string | ToolAnswer | Promise<string | ToolAnswer>;

/** Says what exactly a call would do, for the card on which the person decides. Must not have an effect. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type PreviewHandler = (args: any, context: PluginContext) => string | Promise<string>;

/** Tries the answers of an account: signs in, lists something. Gives one line for the person; throws a {@link ToolFailure} that says what is wrong. */
export type CheckHandler = (account: string, context: PluginContext) => string | Promise<string>;

/** A plugin's code. Every tool of the manifest has a handler of its name here, and there is no other. */
export interface Plugin {
  readonly tools: { readonly [name: string]: ToolHandler };
  /** For the tools that have `"preview": true` in the manifest. */
  readonly previews?: { readonly [name: string]: PreviewHandler };
  readonly check?: CheckHandler;
}

/** Marks an object as a plugin: `export default definePlugin({ tools: { … } })`. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}

/** A failure that was to be expected (no such mail, a refused password): its message goes to the model, and nothing counts as a crash. */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure';
}
