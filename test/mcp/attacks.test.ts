import { expect } from 'chai';
import { meets } from '../../bench/security/figure.js';
import { measureServer } from '../../bench/security/mcp-server.js';
import { OWN_ATTACKS } from '../support/own-attacks.js';

describe('attacks by an MCP server on a model that obeys', function () {
  this.timeout(60_000).slow(20_000);

  it('have no effect without leave, as results, as descriptions and as changed descriptions, by what the server shows', async () => {
    const figures = await measureServer(OWN_ATTACKS);
    expect(figures.length).to.be.greaterThan(8);
    expect(figures.filter((figure) => meets(figure) !== true)).to.deep.equal([]);
  });
});
