import type { Readable, Writable } from 'node:stream';
import type { InstalledPlugin, PluginSettings, SandboxTier } from '../../core/domain/plugin.js';

/** How a child ended: by itself with a code, or by a signal. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A plugin's process that was just started, however strictly it is kept in. */
export interface LaunchedChild {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The process id of the plugin's Node as this system counts, for looking at its memory; undefined where or while it is not known. */
  pid(): number | undefined;
  /** Settles when the process is gone and everything that was made for it (sockets, folders, the broker) with it; never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** Ends the process and all that it started, at once; idempotent. */
  kill(): void;
  /** Whether this process stays alive for the child; it does from the start. */
  hold(alive: boolean): void;
}

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
