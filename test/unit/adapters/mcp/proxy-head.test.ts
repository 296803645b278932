import { expect } from 'chai';
import { MAX_HEAD_BYTES, proxyRequest } from '../../../../src/adapters/mcp/proxy-head.js';

const ask = (text: string) => proxyRequest(Buffer.from(text, 'latin1'));
const first = (text: string): string => {
  const request = ask(text);
  return typeof request === 'object' ? request.first.toString('latin1') : String(request);
};

describe('the head of a request to a proxy', () => {
  it('asks for a connection, and what is sent already goes along', () => {
    expect(ask('CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\nearly')).to.deep.equal({
      host: 'example.org',
      port: 443,
      tunnel: true,
      first: Buffer.from('early'),
    });
    expect(ask('CONNECT [::1]:8443 HTTP/1.1\r\n\r\n')).to.include({ host: '[::1]', port: 8443 });
  });

  it('is made into a request for its host, which is its last on the connection', () => {
    const head =
      'GET http://Example.org:8080/a/b?c=d HTTP/1.1\r\nHost: other.example\r\nProxy-Connection: keep-alive\r\nConnection: keep-alive\r\nAccept: */*\r\n\r\nbody';
    expect(ask(head)).to.include({ host: 'example.org', port: 8080, tunnel: false });
    expect(first(head)).to.equal('GET /a/b?c=d HTTP/1.1\r\nHost: example.org:8080\r\nConnection: close\r\nAccept: */*\r\n\r\nbody');
    expect(ask('GET http://example.org HTTP/1.1\r\n\r\n')).to.include({ host: 'example.org', port: 80 });
    expect(first('GET http://example.org HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')).to.contain(
      'Connection: Upgrade\r\nUpgrade: websocket\r\n',
    );
  });

  it('connects to the host that its address names, not to one that the address only seems to name', () => {
    expect(ask('GET http://allowed.example@hidden.example/ HTTP/1.1\r\n\r\n')).to.include({ host: 'hidden.example' });
    expect(ask('GET http://hidden.example#allowed.example/ HTTP/1.1\r\n\r\n')).to.include({ host: 'hidden.example' });
    expect(ask('GET http://2130706433/ HTTP/1.1\r\n\r\n')).to.include({ host: '127.0.0.1' });
    expect(ask('CONNECT allowed.example@hidden.example:443 HTTP/1.1\r\n\r\n')).to.equal('CONNECT needs a host and a port');
  });

  it('is waited for, up to its longest', () => {
    expect(ask('GET http://example.org/ HTTP/1.1\r\nAccept')).to.equal(undefined);
    expect(ask('x'.repeat(MAX_HEAD_BYTES + 1))).to.equal('the head of the request is too long');
    expect(ask(`${'x'.repeat(MAX_HEAD_BYTES + 1)}\r\n\r\n`)).to.equal('the head of the request is too long');
  });

  it('is refused where it could be read in two ways', () => {
    for (const text of [
      'GET http://a.example/\r\n\r\n',
      'GET  http://a.example/ HTTP/1.1\r\n\r\n',
      'get http://a.example/ HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n',
    ]) {
      expect(ask(text), text).to.be.a('string');
    }
    for (const header of [' folded', 'no colon', 'Space : x', 'A: b\rX: c', 'A: b\nX: c']) {
      expect(ask(`GET http://a.example/ HTTP/1.1\r\n${header}\r\n\r\n`), header).to.equal('a header of the request is none');
    }
  });
});
