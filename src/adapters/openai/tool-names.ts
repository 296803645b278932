import type { ToolName } from '../../core/domain/identifiers.js';

/** The name of a tool as models see it: `email.search` → `email__search`. The part before the dot has no underscore, so this can be undone. */
export function wireToolName(tool: string): string {
  return tool.replace('.', '__');
}

/** The tool that a model means: `email__search` → `email.search`. An unknown name passes as it is; the gate answers that it is unknown. */
export function toolNameFrom(wire: string): ToolName {
  const name = wire.trim();
  return (name.includes('.') ? name : name.replace('__', '.')) as ToolName;
}
