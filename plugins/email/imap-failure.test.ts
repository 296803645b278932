import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import { readAccount } from './account.js';
import { imapFailure } from './imap-failure.js';

const ACCOUNT = readAccount('work', { address: 'pyra@example.test', imap_host: 'imap.example.test', smtp_host: 'smtp.example.test' });
const failure = (properties: object, message = 'Command failed'): Error =>
  imapFailure(Object.assign(new Error(message), properties), ACCOUNT);

describe('failures of IMAP in words', () => {
  const cases: readonly (readonly [what: string, properties: object, words: RegExp])[] = [
    [
      'a refused sign-in',
      { authenticationFailed: true, responseText: 'Invalid credentials' },
      /refused the sign-in of pyra@example\.test.*Invalid credentials/,
    ],
    ['a certificate that signed itself', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, /not one that this machine trusts.*--account work/],
    ['a certificate of another host', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, /is for another host; nothing was sent/],
    ['an old certificate', { code: 'CERT_HAS_EXPIRED' }, /has expired/],
    ['a host that nobody knows', { code: 'ENOTFOUND' }, /^the host imap\.example\.test is not known/],
    ['a closed port', { code: 'ECONNREFUSED' }, /^imap\.example\.test:993 refuses connections/],
    ['a network that is away', { code: 'ENETUNREACH' }, /is there a network\?/],
    ['a port without TLS', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, /imap_tls to starttls/],
    ['a server that says nothing', { code: 'GREETING_TIMEOUT' }, /did not answer in time/],
    ['a server that wants fewer requests', { code: 'ETHROTTLE' }, /try again in a few minutes/],
    [
      'a full mailbox',
      { responseStatus: 'NO', serverResponseCode: 'OVERQUOTA', responseText: 'Quota exceeded' },
      /is full, saying: Quota exceeded/,
    ],
    ['a lost connection', { code: 'NoConnection' }, /was lost; try again/],
    ['any other refusal', { responseStatus: 'NO', responseText: 'Not today' }, /refused it, saying: Not today$/],
    ['anything else that has a code', { code: 'EODD' }, /^imap\.example\.test:993: Command failed$/],
  ];
  for (const [what, properties, words] of cases) {
    it(`says what is wrong with ${what}`, () => {
      const told = failure(properties);
      expect(told).to.be.instanceOf(ToolFailure);
      expect(told.message).to.match(words);
    });
  }

  it('says in its words that the sandbox refused a connection', () => {
    const told = failure({ code: 'EACCES' }, "egress refused: imap.example.test:993 is not in this plugin's allow list");
    expect(told.message).to.match(
      /^egress refused: .*; the person checks the server's name and port with `pyra plugin setup email --account work`$/,
    );
  });

  it('leaves a failure that is told already, a cancel and a fault of the code as they are', () => {
    const known = new ToolFailure('known');
    expect(imapFailure(known, ACCOUNT)).to.equal(known);
    const cancel = new DOMException('stop', 'AbortError');
    expect(imapFailure(cancel, ACCOUNT)).to.equal(cancel);
    const fault = new TypeError('x is not a function');
    expect(imapFailure(fault, ACCOUNT)).to.equal(fault);
    expect(imapFailure('text', ACCOUNT).message).to.equal('text');
  });
});
