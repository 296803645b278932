import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Instant, instantOf } from '../../core/domain/identifiers.js';
import type { System } from '../../ports/system.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ID_CHARACTERS = 22;
// The largest multiple of 62 in a byte: higher values would make the first letters of the alphabet more likely.
const FAIR_BELOW = 248;

/** The clock, random source and hash of Node. */
export class NodeSystem implements System {
  now(): Instant {
    return instantOf(Date.now());
  }

  id(): string {
    let id = '';
    while (id.length < ID_CHARACTERS) {
      for (const byte of randomBytes(ID_CHARACTERS * 2)) {
        if (byte < FAIR_BELOW && id.length < ID_CHARACTERS) id += ALPHABET[byte % ALPHABET.length];
      }
    }
    return id;
  }

  digest(text: string): string {
    return createHash('sha256').update(text, 'utf8').digest('hex');
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await wait(ms, undefined, { signal });
    } catch (error) {
      // Node wraps the reason in an AbortError of its own.
      signal.throwIfAborted();
      throw error;
    }
  }

  deadline(signals: readonly AbortSignal[], ms?: number): ReturnType<System['deadline']> {
    const own = new AbortController();
    const expire = (): void => own.abort(new DOMException(`no answer within ${ms} ms`, 'TimeoutError'));
    const timer = ms === undefined ? undefined : setTimeout(expire, ms);
    timer?.unref();
    return {
      signal: AbortSignal.any([own.signal, ...signals]),
      abort: (reason) => own.abort(reason),
      dispose: () => clearTimeout(timer),
    };
  }
}
