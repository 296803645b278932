import type { InstalledPlugin, PluginSettings, SandboxTier } from '../../core/domain/plugin.js';
import type { LaunchedChild } from '../support/sandbox/launched-child.js';

/** What a child is started with. */
export interface LaunchRequest {
  readonly plugin: InstalledPlugin;
  /** The runtime that it starts with, `dist/plugin-child.cjs`, absolute. */
  readonly runtime: string;
  /** What the person answered: the broker's rules may name it. */
  readonly settings: PluginSettings;
  /** Called with the reason in words when the broker refused a connection, once for each reason; the child was told. */
  readonly refused: (why: string) => void;
}

/** Starts plugins' processes, as strictly kept in as this machine can. */
export interface StartsChildren {
  /** Throws `plugin/crashed` when no process can be started. */
  launch(request: LaunchRequest): Promise<LaunchedChild>;
  /** How strictly; probed once, with the real flags. */
  tier(): Promise<SandboxTier>;
}
