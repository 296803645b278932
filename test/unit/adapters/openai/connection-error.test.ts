import { expect } from 'chai';
import { connectionError } from '../../../../src/adapters/openai/connection-error.js';
import { resolveEndpoint } from '../../../../src/adapters/openai/endpoint.js';

const openai = resolveEndpoint({ provider: 'openai' });
const ollama = resolveEndpoint({ provider: 'ollama' });
const withCode = (code: string): Error => Object.assign(new Error('CANARY'), { code });
const nested = (error: unknown): Error => new TypeError('fetch failed', { cause: error });

describe('a connection that failed', () => {
  for (const code of [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ]) {
    it(`names ${code} and is not tried again`, () => {
      const error = connectionError(nested(withCode(code)), openai);
      expect(error).to.include({ code: 'model/network', retryable: false });
      expect(error.message).to.equal(`no secure connection to api.openai.com: ${code}`);
      expect(error.hint).to.include('NODE_EXTRA_CA_CERTS');
    });
  }

  const rows: readonly (readonly [error: unknown, words: RegExp])[] = [
    [nested(withCode('ECONNREFUSED')), /nothing answers at api\.openai\.com/],
    [nested(Object.assign(new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')]))), /nothing answers/],
    [nested(withCode('ENOTFOUND')), /name of api\.openai\.com is not known/],
    [nested(withCode('EAI_AGAIN')), /cannot be looked up now/],
    [nested(withCode('UND_ERR_SOCKET')), /failed \(UND_ERR_SOCKET\)/],
    [new TypeError('terminated', { cause: withCode('ECONNRESET') }), /failed \(ECONNRESET\)/],
    [new Error('CANARY'), /^the connection to api\.openai\.com failed$/],
    [undefined, /failed/],
  ];
  for (const [error, words] of rows) {
    it(`says ${words.source}`, () => {
      const made = connectionError(error, openai);
      expect(made).to.include({ code: 'model/network', retryable: true });
      expect(made.message).to.match(words).and.not.include('CANARY');
      expect(made.cause).to.equal(undefined);
    });
  }

  it('tells how a local server is started, and is tried once more', () => {
    const error = connectionError(nested(withCode('ECONNREFUSED')), ollama);
    expect(error).to.include({ retryLimit: 1, hint: 'start it with: ollama serve' });
  });
});
