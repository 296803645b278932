import type { InitializeResult } from './plugin-protocol.js';

/** A handler of the plugin's; what it is given and gives is checked where it is called. */
export type AnyHandler = (argument: unknown, context: object) => unknown;

/** The code of a plugin, as it was loaded. */
export interface LoadedPlugin {
  readonly tools: Readonly<Record<string, AnyHandler>>;
  readonly previews: Readonly<Record<string, AnyHandler>>;
  readonly check?: AnyHandler;
}

/**
 * The plugin that a module exports by default, of an ES module or one that was made CommonJS. Handlers are own properties that are
 * functions; nothing inherited counts. Throws a TypeError that says what is missing.
 */
export function loadedPlugin(module: unknown): LoadedPlugin {
  const plugin = defaultOf(defaultOf(module));
  if (!isObject(plugin) || !isObject(plugin.tools)) {
    throw new TypeError('its entry does not export a plugin by default: export default definePlugin({ tools: { … } })');
  }
  const { check } = plugin;
  return {
    tools: handlersOf(plugin.tools),
    previews: handlersOf(plugin.previews),
    ...(typeof check === 'function' ? { check: check.bind(plugin) as AnyHandler } : {}),
  };
}

/** The names of what it has. */
export function namesOf({ tools, previews, check }: LoadedPlugin): InitializeResult {
  return { tools: Object.keys(tools), previews: Object.keys(previews), check: check !== undefined };
}

function defaultOf(module: unknown): unknown {
  return isObject(module) && !Object.hasOwn(module, 'tools') && Object.hasOwn(module, 'default') ? module.default : module;
}

function handlersOf(given: unknown): Readonly<Record<string, AnyHandler>> {
  const handlers: Record<string, AnyHandler> = Object.create(null);
  if (!isObject(given)) return handlers;
  for (const [name, handler] of Object.entries(given)) {
    if (typeof handler === 'function') handlers[name] = handler.bind(given) as AnyHandler;
  }
  return handlers;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
