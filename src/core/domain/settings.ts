import type { JsonObject } from './json.js';
import type { ToolEffect } from './tool.js';

/** How much of an entry a log keeps; entries are always written. */
export type LogDetail = 'full' | 'minimal';

/** A standing rule of the person: this tool may run without a question when every named destination has the given value. */
export interface StandingRule {
  readonly tool: string;
  /** Argument path → the exact value. */
  readonly when: JsonObject;
}

/** What the person said of one tool of an MCP server. */
export interface McpToolSettings {
  readonly effect: ToolEffect;
  /** `none` only for `read`. */
  readonly approval?: 'ask' | 'none';
  readonly destinations?: readonly string[];
}

/** An MCP server as it stands in `config.yaml`: with `command` or with `url`. Values are text, and `secret:NAME` at the end of one stands for a secret. */
export interface McpServerSettings {
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly net?: readonly string[];
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly start?: 'first-use' | 'startup';
  readonly tools?: Readonly<Record<string, McpToolSettings>>;
}

/** The person's settings; names and nesting are those of `config.yaml`. */
export interface Settings {
  readonly ai: {
    readonly provider_id?: string;
    readonly model?: string;
    readonly base_url?: string;
    /** The context size in tokens for a model that the data table does not know. */
    readonly context_tokens?: number;
    /** Model options that go with every request. */
    readonly options: JsonObject;
    /** The most model calls with tools in one turn. */
    readonly max_rounds: number;
    /** Seconds for one whole model request. */
    readonly timeout_seconds: number;
  };
  readonly memory: { readonly auto_load: boolean; readonly max_tokens_in_context: number };
  readonly security: {
    readonly injection_detection: boolean;
    readonly log_injections: LogDetail;
    readonly rules: readonly StandingRule[];
  };
  readonly plugins: {
    readonly enabled: readonly string[];
    readonly require_approval: 'effects' | 'every-call';
    readonly log_executions: LogDetail;
  };
  /** The MCP servers by their names. */
  readonly mcp: { readonly servers: Readonly<Record<string, McpServerSettings>> };
  readonly daemon: JsonObject;
}

/** The settings of a home where nothing is configured yet. */
export const DEFAULT_SETTINGS: Settings = {
  ai: { options: {}, max_rounds: 10, timeout_seconds: 120 },
  memory: { auto_load: true, max_tokens_in_context: 2_000 },
  security: { injection_detection: true, log_injections: 'full', rules: [] },
  plugins: { enabled: [], require_approval: 'effects', log_executions: 'full' },
  mcp: { servers: {} },
  daemon: {},
};
