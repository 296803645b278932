import { expect } from 'chai';
import { resolveEndpoint } from '../../../../src/adapters/openai/endpoint.js';
import { isPyraError, type PyraError } from '../../../../src/core/domain/errors.js';

const at = (baseUrl: string, provider = 'openai-compatible') => resolveEndpoint({ provider, baseUrl });

describe('the endpoint of a provider', () => {
  it('has no trailing slash and no path of a single call', () => {
    expect(at('https://models.example.org/v1/').url).to.equal('https://models.example.org/v1');
    expect(at('https://models.example.org/v1/chat/completions').url).to.equal('https://models.example.org/v1');
    expect(at('https://models.example.org').url).to.equal('https://models.example.org');
  });

  it('keeps the query apart', () => {
    expect(at('https://models.example.org/v1?region=eu')).to.deep.include({
      url: 'https://models.example.org/v1',
      query: { region: 'eu' },
    });
  });

  it('completes the address of an Azure resource', () => {
    expect(at('https://me.openai.azure.com', 'azure').url).to.equal('https://me.openai.azure.com/openai/v1');
    expect(at('https://me.openai.azure.com/openai/v1/', 'azure').url).to.equal('https://me.openai.azure.com/openai/v1');
  });

  const places: readonly (readonly [url: string, keySafe: boolean, loopback: boolean])[] = [
    ['https://models.example.org/v1', true, false],
    ['http://models.example.org/v1', false, false],
    ['http://8.8.8.8/v1', false, false],
    ['http://[2001:db8::1]/v1', false, false],
    ['http://127.0.0.1.example.org/v1', false, false],
    ['http://10.example.org/v1', false, false],
    ['http://localhost:1/v1', true, true],
    ['http://127.0.0.7:1/v1', true, true],
    ['http://2130706433/v1', true, true],
    ['http://[::1]:1/v1', true, true],
    ['http://192.168.1.7:1/v1', true, false],
    ['http://10.0.0.1/v1', true, false],
    ['http://172.31.0.1/v1', true, false],
    ['http://172.32.0.1/v1', false, false],
    ['http://[fd00::1]/v1', true, false],
    ['http://gpu:8000/v1', true, false],
    ['http://gpu.local/v1', true, false],
  ];
  for (const [url, keySafe, loopback] of places) {
    it(`${keySafe ? 'lets' : 'does not let'} a key travel to ${url}`, () => {
      expect(at(url)).to.include({ keySafe, loopback });
    });
  }

  const wrong: readonly (readonly [url: string, words: RegExp])[] = [
    ['models.example.org', /is not a URL/],
    ['ftp://models.example.org', /must start with/],
    ['file:///etc/passwd', /must start with/],
    ['https://me:CANARY@models.example.org', /must not contain a user name/],
    ['https://models.example.org/v1?api_key=CANARY', /must not contain a key/],
  ];
  for (const [url, words] of wrong) {
    it(`refuses ${url}`, () => {
      const error = thrown(() => at(url));
      expect(isPyraError(error, 'settings/invalid')).to.equal(true);
      expect(error.message).to.match(words).and.not.include('CANARY');
    });
  }

  it('names the providers when there is no such one', () => {
    expect(thrown(() => resolveEndpoint({ provider: 'opnai' })).hint).to.include('openai, anthropic');
  });

  it('asks for a base URL where the table has none', () => {
    expect(thrown(() => resolveEndpoint({ provider: 'azure' }))).to.include({ code: 'settings/invalid' });
  });

  it('tells who answers there, for state that goes back to nobody else', () => {
    expect(resolveEndpoint({ provider: 'gemini' }).owner).to.equal('gemini');
    expect(at('https://proxy.example.org/v1', 'gemini').owner).to.equal('gemini@proxy.example.org');
  });
});

function thrown(run: () => unknown): PyraError {
  try {
    run();
  } catch (error) {
    return error as PyraError;
  }
  throw new Error('nothing was thrown');
}
