import type { Instant } from '../core/domain/identifiers.js';

/** Time, chance and hashing. */
export interface System {
  now(): Instant;
  /** A new random id: 22 characters of `A-Za-z0-9`, at least 128 bits. */
  id(): string;
  /** SHA-256 of the text's UTF-8 form, 64 lower-case hex digits. */
  digest(text: string): string;
  /** Resolves after `ms` milliseconds; an abort rejects with the signal's reason at once. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /**
   * A signal that aborts when any of the given ones does, or after `ms` milliseconds (with a `TimeoutError` as its reason) when that is given.
   * `dispose` frees the timer.
   */
  deadline(signals: readonly AbortSignal[], ms?: number): { readonly signal: AbortSignal; abort(reason?: unknown): void; dispose(): void };
}
