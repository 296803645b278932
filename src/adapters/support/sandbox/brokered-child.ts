import { Duplex } from 'node:stream';
import { BROKER_FD } from './broker-channel.js';
import type { PipedProcess } from './child-process.js';
import { EgressBroker, type EgressBrokerParts } from './egress-broker.js';
import type { LaunchedChild } from './launched-child.js';

/** What a child's broker is made from. */
export type ChildBrokerParts = Pick<EgressBrokerParts, 'rules' | 'refused' | 'who' | 'resolve'>;

/** A child with a broker at the other end of its channel; a child that was started without one is given back as it is. */
export function brokeredChild(child: PipedProcess, launched: LaunchedChild, parts: ChildBrokerParts): LaunchedChild {
  const channel = child.stdio[BROKER_FD];
  if (!(channel instanceof Duplex)) return launched;
  const broker = new EgressBroker({
    ...parts,
    channel,
    broken: (why) => {
      parts.refused(`it sent the broker ${why}`);
      launched.kill();
    },
  });
  return {
    ...launched,
    hold: (alive) => {
      launched.hold(alive);
      broker.hold(alive);
    },
  };
}
