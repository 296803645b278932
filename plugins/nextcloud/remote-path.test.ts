import { expect } from 'chai';
import { ToolFailure } from 'pyra/plugin';
import {
  encodedPath,
  foldersAbove,
  isWithin,
  joinPath,
  nameOf,
  parentOf,
  parseNewPath,
  parsePath,
  ROOT,
  shownPath,
} from './remote-path.js';

describe('paths on the server', () => {
  it('are read with or without slashes at their ends', () => {
    for (const text of ['', '/', '//']) expect(parsePath(text)).to.equal(ROOT);
    for (const text of ['a/b', '/a/b', '/a/b/', 'a//b']) expect(parsePath(text)).to.equal('/a/b');
  });

  it('never climb, and hold nothing that a server or an eye could take for something else', () => {
    for (const text of ['../x', 'a/../../etc', 'a/./b', '..', 'a\\b', 'a\nb', 'a\u0000', 'a\u0085b', 'a\ud800b', 'x'.repeat(5_000)]) {
      expect(() => parsePath(text), JSON.stringify(text)).to.throw(ToolFailure);
    }
    for (const text of ['/', 'invoice\u202etxt.exe', 'a\u200bb', '\ufeffa'])
      expect(() => parseNewPath(text), JSON.stringify(text)).to.throw(ToolFailure);
    // What is there already under such a name can be read all the same.
    expect(parsePath('a\u200bb')).to.equal('/a\u200bb');
  });

  it('are encoded part by part', () => {
    expect(encodedPath(parsePath('Bücher & Käse/50% #1 a+b?.txt'))).to.equal('/B%C3%BCcher%20%26%20K%C3%A4se/50%25%20%231%20a%2Bb%3F.txt');
    expect(encodedPath(parsePath("it's (v2)!*"))).to.equal('/it%27s%20%28v2%29%21%2A');
    expect(encodedPath(ROOT)).to.equal('/');
  });

  it('know their parts', () => {
    const path = parsePath('/a/b/c.txt');
    expect(parentOf(path)).to.equal('/a/b');
    expect(parentOf(parsePath('/a'))).to.equal(ROOT);
    expect(nameOf(path)).to.equal('c.txt');
    expect(foldersAbove(path)).to.deep.equal(['/a', '/a/b']);
    expect(joinPath(ROOT, 'a')).to.equal('/a');
    expect(joinPath(parsePath('/a'), 'b')).to.equal('/a/b');
    expect(isWithin(path, parsePath('/a'))).to.equal(true);
    expect(isWithin(parsePath('/ab'), parsePath('/a'))).to.equal(false);
  });

  it('show what would not show', () => {
    expect(shownPath('/a\u202eb\n')).to.equal('/a\\u202eb\\u000a');
  });
});
