import {
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateBy,
  ValidateNested,
  type ValidationArguments,
  type ValidationError,
  validateSync,
} from 'class-validator';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/domain/json.js';
import { mcpServersOf } from '../../core/domain/mcp-settings.js';
import { DEFAULT_SETTINGS, type LogDetail, type Settings } from '../../core/domain/settings.js';
import { hydrate, kindOf, type NestedTypes, type SettingsFault } from './hydrate.js';

const said = (expected: string) => ({
  message: ({ value }: ValidationArguments): string => `expected ${expected}, found ${kindOf(value as JsonValue)}`,
});
const text = said('a text of 1 to 200 characters');
const flag = said('true or false');
const rounds = said('a whole number from 1 to 100');
const seconds = said('a number from 1 to 86400');
const tokens = said('a whole number from 1024 to 10000000');
const detail = said('full or minimal');
const names = said('a list of different names');
const block = said('a block of names and values');

/** An http or https address that holds no password: `config.yaml` is no place for one. */
const IsEndpoint = (): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isEndpoint',
      validator: {
        validate: (value: unknown) => {
          if (typeof value !== 'string' || !URL.canParse(value)) return false;
          const { protocol, username, password } = new URL(value);
          return /^https?:$/.test(protocol) && username === '' && password === '';
        },
      },
    },
    said('an address that begins with http:// or https:// and holds no name or password'),
  );

class AiBlock {
  @IsOptional() @IsString(text) @Length(1, 200, text) readonly provider_id?: string;
  @IsOptional() @IsString(text) @Length(1, 200, text) readonly model?: string;
  @IsOptional() @IsEndpoint() readonly base_url?: string;
  @IsOptional() @IsInt(tokens) @Min(1_024, tokens) @Max(10_000_000, tokens) readonly context_tokens?: number;
  @IsObject(block) readonly options: JsonObject = DEFAULT_SETTINGS.ai.options;
  @IsInt(rounds) @Min(1, rounds) @Max(100, rounds) readonly max_rounds: number = DEFAULT_SETTINGS.ai.max_rounds;
  @IsNumber({}, seconds) @Min(1, seconds) @Max(86_400, seconds) readonly timeout_seconds: number = DEFAULT_SETTINGS.ai.timeout_seconds;
}

class MemoryBlock {
  @IsBoolean(flag) readonly auto_load: boolean = DEFAULT_SETTINGS.memory.auto_load;
  @IsInt(said('a whole number from 0 to 1000000'))
  @Min(0, said('a whole number from 0 to 1000000'))
  @Max(1_000_000, said('a whole number from 0 to 1000000'))
  readonly max_tokens_in_context: number = DEFAULT_SETTINGS.memory.max_tokens_in_context;
}

class RuleBlock {
  @IsString(text) @Length(1, 200, text) readonly tool?: string;
  @IsObject(block) readonly when: JsonObject = {};
}

class SecurityBlock {
  @IsBoolean(flag) readonly injection_detection: boolean = DEFAULT_SETTINGS.security.injection_detection;
  @IsIn(['full', 'minimal'], detail) readonly log_injections: LogDetail = DEFAULT_SETTINGS.security.log_injections;
  @IsArray(said('a list of rules')) @ValidateNested({ each: true, ...said('a list of rules') }) readonly rules: readonly RuleBlock[] = [];
}

class PluginsBlock {
  @IsArray(names) @IsString({ each: true, ...names }) @ArrayUnique(names) readonly enabled: readonly string[] = [];
  @IsIn(['effects', 'every-call'], said('effects or every-call'))
  readonly require_approval: Settings['plugins']['require_approval'] = DEFAULT_SETTINGS.plugins.require_approval;
  @IsIn(['full', 'minimal'], detail) readonly log_executions: LogDetail = DEFAULT_SETTINGS.plugins.log_executions;
}

class McpBlock {
  @IsObject(block) readonly servers: Settings['mcp']['servers'] = DEFAULT_SETTINGS.mcp.servers;
}

class SettingsBlock {
  @ValidateNested() readonly ai = new AiBlock();
  @ValidateNested() readonly memory = new MemoryBlock();
  @ValidateNested() readonly security = new SecurityBlock();
  @ValidateNested() readonly plugins = new PluginsBlock();
  @ValidateNested() readonly mcp = new McpBlock();
  @IsObject(block) readonly daemon: JsonObject = DEFAULT_SETTINGS.daemon;
}

const NESTED: NestedTypes = new Map<object, Readonly<Record<string, new () => object>>>([
  [SettingsBlock, { ai: AiBlock, memory: MemoryBlock, security: SecurityBlock, plugins: PluginsBlock, mcp: McpBlock }],
  [SecurityBlock, { rules: RuleBlock }],
]);

/** What a settings file came to. */
export type SettingsReading =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly faults: readonly SettingsFault[] };

/** Checks the content of a settings file and fills in defaults; every fault is named by the path of its key. */
export function readSettings(content: JsonObject): SettingsReading {
  const faults: SettingsFault[] = [...endlessNumbers(content, [])];
  const block = hydrate(SettingsBlock, content, NESTED, faults);
  faults.push(...faultsOf(validateSync(block, { stopAtFirstError: true }), []));
  faults.push(...mcpServersOf(block.mcp.servers).faults.map(({ path, sentence }) => ({ path: ['mcp', 'servers', ...path], sentence })));
  if (faults.length > 0) return { ok: false, faults };
  // Plain objects again: no class of this file leaves it.
  const settings = JSON.parse(JSON.stringify(block)) as Settings;
  return {
    ok: true,
    settings: {
      ...settings,
      mcp: { servers: withoutNothing(settings.mcp.servers as unknown as JsonObject) as Settings['mcp']['servers'] },
    },
  };
}

/** Names behind which nothing stands are as good as not there. */
function withoutNothing(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNothing(member)]));
}

function faultsOf(errors: readonly ValidationError[], path: readonly string[]): readonly SettingsFault[] {
  return errors.flatMap((error) => {
    const at = [...path, error.property];
    const sentences = Object.values(error.constraints ?? {}).slice(0, 1);
    return [...sentences.map((sentence) => ({ path: at, sentence })), ...faultsOf(error.children ?? [], at)];
  });
}

/** YAML has numbers that JSON has not. */
function endlessNumbers(value: JsonValue, path: readonly string[]): readonly SettingsFault[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [{ path, sentence: 'expected a finite number' }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => endlessNumbers(item as JsonValue, [...path, key]));
}
