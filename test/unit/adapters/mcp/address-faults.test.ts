import { expect } from 'chai';
import type { AddressAnswer } from '../../../../src/adapters/mcp/address-answer.js';
import { connectionFailed, refused } from '../../../../src/adapters/mcp/address-faults.js';
import type { McpServerName } from '../../../../src/core/domain/mcp-server.js';
import { Secret } from '../../../../src/core/domain/secret.js';

const server = { name: 'web' as McpServerName, host: 'mcp.example.org', proxy: undefined };
const withCode = (code: string): Error => Object.assign(new Error('CANARY'), { code });
const answer = (status: number, headers: Readonly<Record<string, string>> = {}): AddressAnswer => ({
  status,
  type: '',
  header: (name) => headers[name],
  body: (async function* () {})(),
  discard: () => undefined,
});

describe('what is wrong on the way to an MCP server', () => {
  const rows: readonly (readonly [error: unknown, words: RegExp, retryable: boolean])[] = [
    [
      withCode('DEPTH_ZERO_SELF_SIGNED_CERT'),
      /^no secure connection to the MCP server web at mcp\.example\.org: DEPTH_ZERO_SELF_SIGNED_CERT$/,
      false,
    ],
    [withCode('CERT_HAS_EXPIRED'), /no secure connection/, false],
    [withCode('ECONNREFUSED'), /^nothing answers for the MCP server web at mcp\.example\.org$/, true],
    [new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')]), /nothing answers/, true],
    [withCode('ENOTFOUND'), /the name of the MCP server web at mcp\.example\.org is not known/, true],
    [withCode('EAI_AGAIN'), /cannot be looked up now/, true],
    [withCode('UND_ERR_CONNECT_TIMEOUT'), /does not answer/, true],
    [withCode('ECONNRESET'), /the connection to the MCP server web at mcp\.example\.org broke \(ECONNRESET\)/, true],
    [undefined, /broke$/, true],
  ];
  for (const [error, words, retryable] of rows) {
    it(`says ${words.source}`, () => {
      const made = connectionFailed(server, error);
      expect(made).to.include({ code: 'mcp/unreachable', retryable });
      expect(made.message).to.match(words).and.not.include('CANARY');
      expect(made.cause).to.equal(undefined);
      expect(made.hint).to.be.a('string');
    });
  }

  it('names the proxy on the way, and its refusal', () => {
    const through = { ...server, proxy: 'proxy.example.org:3128' };
    expect(connectionFailed(through, withCode('ECONNREFUSED')).message).to.include('(through the proxy proxy.example.org:3128)');
    expect(connectionFailed(through, new Error('Proxy response (407) !== 200 when HTTP Tunneling')).message).to.equal(
      'the proxy proxy.example.org:3128 does not let the MCP server web be reached: it answers 407',
    );
  });

  it('tells how a self-signed certificate is trusted', () => {
    expect(connectionFailed(server, withCode('DEPTH_ZERO_SELF_SIGNED_CERT')).hint).to.include('NODE_EXTRA_CA_CERTS=FILE');
  });

  it('shows what a server says with a refusal: on one line, bounded, without secrets and control characters', () => {
    const secret = new Secret('swordfish-123');
    const said = `you sent swordfish-123\n\u001b[31mred\u202e ${'long '.repeat(200)}`;
    const { message } = refused(server, answer(400), said, [secret]);
    expect(message).to.match(/^the MCP server web refuses the request: mcp\.example\.org says 400: you sent \[key\] /);
    expect(message).not.to.match(/swordfish|[\n\u001b\u202e]/);
    expect(message.length).to.be.lessThan(450);
  });

  it('says when to try again, as the server wishes, but not for ever', () => {
    expect(refused(server, answer(429, { 'retry-after': '30' }), '', [])).to.include({
      retryAfterMs: 30_000,
      hint: 'try again in 30 s',
      retryable: true,
    });
    expect(refused(server, answer(503, { 'retry-after': '999999' }), '', [])).to.include({ retryAfterMs: 3_600_000 });
    expect(refused(server, answer(503, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }), '', []).retryAfterMs).to.equal(undefined);
    expect(refused(server, answer(500, { 'retry-after': 'soon' }), '', [])).to.include({
      retryAfterMs: undefined,
      hint: 'try again later',
    });
  });
});
