import { expect } from 'chai';
import { type Etag, isWeak, parseEtag, sameVersion } from './etag.js';

const etag = (text: string): Etag => parseEtag(text) ?? expect.fail(text);

describe('ETags', () => {
  it('are read as servers and models write them', () => {
    expect(parseEtag('"abc"')).to.equal('"abc"');
    expect(parseEtag('W/"abc"')).to.equal('W/"abc"');
    expect(parseEtag('abc')).to.equal('"abc"');
    expect(parseEtag(' "6-61c" ')).to.equal('"6-61c"');
    for (const none of [undefined, null, '', '""', 'W/""', 'a b', '"a"\r\nX-Evil: 1'])
      expect(parseEtag(none), String(none)).to.equal(undefined);
  });

  it('are weak or not, and the same version all the same', () => {
    expect(isWeak(etag('W/"a"'))).to.equal(true);
    expect(isWeak(etag('"W/a"'))).to.equal(false);
    expect(sameVersion(etag('W/"a"'), etag('"a"'))).to.equal(true);
    expect(sameVersion(etag('"a-gzip"'), etag('"a"'))).to.equal(true);
    expect(sameVersion(etag('"a"'), etag('"b"'))).to.equal(false);
  });
});
