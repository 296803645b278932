import type { JsonObject } from './json.js';

/** How much of an entry a log keeps; entries are always written. */
export type LogDetail = 'full' | 'minimal';

/** A standing rule of the person: this tool may run without a question when every named destination has the given value. */
export interface StandingRule {
  readonly tool: string;
  /** Argument path → the exact value. */
  readonly when: JsonObject;
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
  readonly daemon: JsonObject;
}

/** The settings of a home where nothing is configured yet. */
export const DEFAULT_SETTINGS: Settings = {
  ai: { options: {}, max_rounds: 10, timeout_seconds: 120 },
  memory: { auto_load: true, max_tokens_in_context: 2_000 },
  security: { injection_detection: true, log_injections: 'full', rules: [] },
  plugins: { enabled: [], require_approval: 'effects', log_executions: 'full' },
  daemon: {},
};
