import type { AuditLogName, AuditVerification } from '../../core/domain/audit.js';
import type { FileLine } from '../support/json-lines.js';
import { type AuditLine, CHAIN_START, type ChainPosition, hasTrueMac, readAuditLine } from './audit-line.js';

const MAX_FAULTS = 100;

/** The event of the entry that is written when `logs/.head` was lost, so that the loss stays visible. */
export const CHAIN_RESTARTED = 'chain-restarted';

/** What a check is made against. */
export interface AuditExpectations {
  readonly log: AuditLogName;
  /** Where the chain should have come to; `undefined` when `logs/.head` says nothing about this log. */
  readonly head: ChainPosition | undefined;
  readonly key: Uint8Array | undefined;
}

/** Walks through the lines of a log, oldest first, and finds what was changed, deleted, swapped or cut off. */
export class AuditVerifier {
  readonly #expected: AuditExpectations;
  readonly #faults: string[] = [];
  #entries = 0;
  #lineNumber = 0;
  #sealedTo = 0;
  /** The last line; its hash is unknown after a line that was changed. */
  #last: { readonly seq: number; readonly hash: string | undefined } = CHAIN_START;
  #headSeen = false;

  constructor(expected: AuditExpectations) {
    this.#expected = expected;
  }

  /** Takes the next line. */
  check(line: FileLine): void {
    this.#lineNumber += 1;
    const entry = readAuditLine(line.text);
    if (!line.terminated && entry === undefined) return;
    this.#entries += 1;
    if (entry === undefined) {
      this.#fault(`line ${this.#lineNumber} was changed: its hash does not fit`);
      this.#last = { seq: this.#last.seq + 1, hash: undefined };
      return;
    }
    this.#checkPlace(entry);
    this.#checkSeal(entry);
    if (entry.event === CHAIN_RESTARTED)
      this.#fault(`logs/.head had been lost before entry ${entry.seq}: what was cut off there does not show`);
    this.#last = entry;
  }

  /** What was found, once every line was taken. */
  result(): AuditVerification {
    const { log, head } = this.#expected;
    if (head === undefined && this.#entries > 0) this.#fault('logs/.head is missing or damaged: what was cut off at the end does not show');
    if (head !== undefined && head.seq > 0 && !this.#headSeen) {
      const { seq } = this.#last;
      if (seq < head.seq) this.#fault(`entries ${seq + 1} to ${head.seq} are missing at the end`);
      else this.#fault(`entry ${head.seq} is not the one that logs/.head names`);
    }
    return { log, entries: this.#entries, sealedTo: this.#sealedTo, faults: this.#faults };
  }

  #checkPlace(entry: AuditLine): void {
    const { seq, hash } = this.#last;
    if (entry.seq > seq + 1) this.#fault(`entries ${seq + 1} to ${entry.seq - 1} are missing before line ${this.#lineNumber}`);
    else if (entry.seq <= seq) this.#fault(`entry ${entry.seq} stands out of order in line ${this.#lineNumber}`);
    else if (hash !== undefined && entry.prev !== hash) this.#fault(`entry ${entry.seq} does not continue the entry before it`);
    if (entry.hash === this.#expected.head?.hash) this.#headSeen = true;
  }

  #checkSeal(entry: AuditLine): void {
    if (entry.mac === undefined) return;
    const { log, key } = this.#expected;
    if (key !== undefined && !hasTrueMac(entry, log, key)) {
      this.#fault(`entry ${entry.seq} has a false seal`);
      return;
    }
    this.#sealedTo = Math.max(this.#sealedTo, entry.seq);
  }

  #fault(sentence: string): void {
    if (this.#faults.length < MAX_FAULTS) this.#faults.push(sentence);
  }
}
