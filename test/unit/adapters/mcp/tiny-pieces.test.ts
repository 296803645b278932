import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import type { AddressAnswer } from '../../../../src/adapters/mcp/address-answer.js';
import { EventReader } from '../../../../src/adapters/mcp/event-reader.js';
import { InboundMessages } from '../../../../src/adapters/mcp/inbound-messages.js';

const MB = 1024 * 1024;
const PIECES = 2 * MB;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Tells how many megabytes more are in use than now. */
function growth(): () => number {
  const used = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return (heapUsed + arrayBuffers) / MB;
  };
  collect();
  const before = used();
  return () => used() - before;
}

describe('what an MCP server sends byte by byte', function () {
  this.timeout(20_000);

  it('takes no hundred times its length when it is a line of a stream without an end', () => {
    const reader = new EventReader(10 * MB);
    const grown = growth();
    for (let count = 0; count < PIECES; count += 1) reader.push(Buffer.allocUnsafeSlow(1).fill(':')).next();
    expect(grown()).to.be.lessThan(80);
    expect([...reader.push(Buffer.from('\ndata: x\n\n'))]).to.deep.equal([{ type: 'message', data: 'x' }]);
  });

  it('takes no hundred times its length when it is a whole answer', async () => {
    const said: unknown[] = [];
    const inbound = new InboundMessages({ deliver: (message) => said.push(message), odd: (what) => said.push(what) });
    let held = 0;
    const grown = growth();
    const answer: AddressAnswer = {
      status: 200,
      type: 'application/json',
      header: () => undefined,
      body: (async function* () {
        yield Buffer.from('{"jsonrpc":"2.0","id":1,"result":{}');
        for (let count = 0; count < PIECES; count += 1) yield Buffer.allocUnsafeSlow(1).fill(' ');
        held = grown();
        yield Buffer.from('}');
      })(),
      discard: () => undefined,
    };
    expect(await inbound.whole(answer)).to.equal(true);
    expect(said).to.deep.equal([{ jsonrpc: '2.0', id: 1, result: {} }]);
    expect(held).to.be.lessThan(80);
  });
});
