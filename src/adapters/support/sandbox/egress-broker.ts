import { lookup } from 'node:dns/promises';
import type { Duplex } from 'node:stream';
import { type CheckedAddress, EgressConnection } from './egress-connection.js';
import { type EgressRule, normalHost, ruleFor } from './egress-rules.js';
import { FRAME, type FrameType } from './mux-frame.js';
import { MuxReader } from './mux-reader.js';
import { isOwnAddress, isPublicAddress } from './public-address.js';
import { ReadBuffers } from './read-buffers.js';

/** What a broker is made from. */
export interface EgressBrokerParts {
  /** The channel to the child: whatever comes from it is hostile. */
  readonly channel: Duplex;
  readonly rules: readonly EgressRule[];
  /** Who asks, for the words of a refusal; `this plugin` when absent. */
  readonly who?: string;
  /** Called with the reason in words when a connection was refused, once for each reason and place; the child is told every time. */
  readonly refused: (why: string) => void;
  /** Called when the child sends what is no frame, after which the channel is closed. */
  readonly broken: (why: string) => void;
  /** Finds the addresses of a name; the system's own way by default. */
  readonly resolve?: (host: string) => Promise<readonly CheckedAddress[]>;
}

const MAX_CONNECTIONS = 64;
/** A plugin that tries and tries must not fill the log. */
const MAX_TOLD = 50;
/** Looking a name up cannot be stopped, and a connection that waits for it can be given up: those that nobody waits for count too. */
const MAX_LOOKUPS = 64;
/** So much may wait for a child that does not read, before nothing more of it is read either. */
const MAX_BACKLOG_BYTES = 1024 * 1024;
const TARGET = /^(\S{1,255}) (\d{1,5})$/;

/**
 * The only way out for a plugin: connects to what its rules allow and relays. It has one child, so that the channel says who asks; it
 * resolves names itself and connects to the addresses that it checked.
 */
export class EgressBroker {
  readonly #parts: EgressBrokerParts;
  readonly #connections = new Map<number, EgressConnection>();
  readonly #buffers = new ReadBuffers();
  readonly #told = new Set<string>();
  #lastId = 0;
  #full = false;
  #lookups = 0;
  readonly #sought = new Map<string, Promise<readonly CheckedAddress[]>>();
  /** Settles when the last look-up is over. */
  #lastLookup: Promise<unknown> = Promise.resolve();
  #held = true;
  #sent = 0;
  #received = 0;

  constructor(parts: EgressBrokerParts) {
    this.#parts = parts;
    const { channel } = parts;
    const reader = new MuxReader({
      control: (type, id, payload) => this.#control(type, id, payload),
      data: (id, part) => this.#connections.get(id)?.write(part),
    });
    channel.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.close();
        parts.broken(error.message);
      }
    });
    channel.on('drain', () => {
      this.#full = false;
      channel.resume();
      for (const connection of this.#connections.values()) connection.flow();
    });
    channel.once('error', () => this.close());
    channel.once('close', () => this.close());
  }

  /** How many bytes the child sent and received through connections that are over or open. */
  traffic(): { readonly sent: number; readonly received: number } {
    const open = [...this.#connections.values()];
    return {
      sent: open.reduce((sum, { sent }) => sum + sent, this.#sent),
      received: open.reduce((sum, { received }) => sum + received, this.#received),
    };
  }

  /** Whether this process stays alive for the connections; it does from the start. */
  hold(alive: boolean): void {
    this.#held = alive;
    for (const connection of this.#connections.values()) connection.hold(alive);
  }

  /** Ends every connection and the channel; idempotent. */
  close(): void {
    for (const connection of this.#connections.values()) connection.drop();
    this.#parts.channel.destroy();
  }

  #control(type: FrameType, id: number, payload: Buffer): void {
    const connection = this.#connections.get(id);
    if (type === FRAME.open) this.#open(id, payload.toString('latin1'));
    else if (type === FRAME.reset) connection?.drop();
    else if (type === FRAME.end) connection?.finish();
    else if (payload.byteLength !== 4) throw new RangeError('a window frame without its number');
    else connection?.grant(payload.readUInt32BE(0));
  }

  #open(id: number, target: string): void {
    if (id <= this.#lastId) throw new RangeError('a connection number that was used before');
    this.#lastId = id;
    const connection = new EgressConnection({
      id,
      send: (parts, sent) => this.#send(parts, sent),
      buffers: this.#buffers,
      full: () => this.#full,
      held: () => this.#held,
      closed: () => {
        this.#sent += connection.sent;
        this.#received += connection.received;
        this.#connections.delete(id);
      },
    });
    this.#connections.set(id, connection);
    void this.#connect(connection, target).then((refusal) => {
      if (refusal === undefined) return;
      const why = `egress refused: ${refusal}`;
      connection.fail('EACCES', why);
      if (this.#told.has(why) || this.#told.size >= MAX_TOLD) return;
      this.#told.add(why);
      this.#parts.refused(why);
    });
  }

  /** Looks up, checks and connects; gives the reason when it is refused. */
  async #connect(connection: EgressConnection, target: string): Promise<string | undefined> {
    const { rules, who = 'this plugin' } = this.#parts;
    const [, name = '', digits = ''] = TARGET.exec(target) ?? [];
    const host = normalHost(name);
    if (host === undefined) return 'what was asked for is no host and port';
    const place = `${host.includes(':') ? `[${host}]` : host}:${digits}`;
    const rule = ruleFor(rules, host, Number(digits));
    if (rule === undefined) return `${place} is not in ${who}'s allow list`;
    if (this.#connections.size > MAX_CONNECTIONS) return `${place} would be one connection more than the ${MAX_CONNECTIONS} at once`;
    if (this.#lookups >= MAX_LOOKUPS) return `${place} would be one name more than the ${MAX_LOOKUPS} that are looked up at once`;
    this.#lookups += 1;
    try {
      const addresses = await this.#addresses(host);
      const inside = addresses.find(({ address }) => !mayLeadTo(rule, address));
      if (inside !== undefined)
        return `${place} leads to ${inside.address}, which is not on the open internet${rule.configured ? ': grant that address itself, if it is meant' : ''}`;
      if (addresses.length === 0) connection.fail('ENOTFOUND', `getaddrinfo ENOTFOUND ${host}`);
      else connection.connect(addresses, rule.port);
    } catch (error) {
      const { code = 'ENOTFOUND' } = error as NodeJS.ErrnoException;
      connection.fail(code, `getaddrinfo ${code} ${host}`);
    } finally {
      this.#lookups -= 1;
    }
    return undefined;
  }

  /**
   * One name after the other: all of Pyra has two threads for this, and whoever has a domain can let each of its names take half a minute. What
   * is looked up already is shared.
   */
  #addresses(host: string): Promise<readonly CheckedAddress[]> {
    const known = this.#sought.get(host);
    if (known !== undefined) return known;
    const { resolve = systemResolve } = this.#parts;
    const found = this.#lastLookup.then(() => resolve(host)).finally(() => this.#sought.delete(host));
    this.#lastLookup = found.catch(() => undefined);
    this.#sought.set(host, found);
    return found;
  }

  #send(parts: readonly Buffer[], sent?: () => void): void {
    const { channel } = this.#parts;
    if (channel.destroyed) return;
    channel.cork();
    for (const [index, part] of parts.entries()) {
      if (!channel.write(part, index === parts.length - 1 ? sent : undefined)) this.#full = true;
    }
    process.nextTick(() => channel.uncork());
    if (channel.writableLength > MAX_BACKLOG_BYTES) channel.pause();
  }
}

/** Whoever answers for a name must not choose where inside it leads, unless the person said that it leads inside. */
function mayLeadTo({ configured, named = false }: EgressRule, address: string): boolean {
  return isPublicAddress(address) || (configured && !(named && isOwnAddress(address)));
}

function systemResolve(host: string): Promise<readonly CheckedAddress[]> {
  return lookup(host, { all: true });
}
