import { expect } from 'chai';
import type { FileEntry } from './file-entry.js';
import { byName, walkFiles } from './file-tree.js';
import type { Listing } from './multistatus.js';
import { joinPath, nameOf, parsePath, type RemotePath, ROOT } from './remote-path.js';

const LIMITS = { folders: 100, entries: 1_000, time: 10_000 };
const quiet = () => undefined;

/** A server whose folders hold what a function says: names with a slash at the end are folders. */
function serving(names: (folder: RemotePath) => readonly string[]) {
  const asked: RemotePath[] = [];
  const list = async (folder: RemotePath): Promise<Listing> => {
    asked.push(folder);
    const entries = names(folder).map(
      (name): FileEntry => ({
        path: joinPath(folder, name.replace(/\/$/, '')),
        type: name.endsWith('/') ? 'folder' : 'file',
      }),
    );
    return { self: { path: folder, type: 'folder' }, entries, unreadable: 0 };
  };
  return { asked, list };
}

describe('a walk through folders', () => {
  it('sees everything once, level by level, and tells where it is', async () => {
    const tree: Readonly<Record<string, readonly string[]>> = { '/': ['b/', 'a.txt', 'a/'], '/a': ['2.txt', '10.txt'], '/b': ['c/'] };
    const server = serving((folder) => tree[folder] ?? []);
    const seen: string[] = [];
    const told: string[] = [];
    const visit = ({ path }: FileEntry) => seen.push(path) > 0;
    const walk = await walkFiles(server, ROOT, LIMITS, visit, (text) => told.push(text));
    expect(seen).to.deep.equal(['/a', '/b', '/a.txt', '/a/2.txt', '/a/10.txt', '/b/c']);
    expect(walk).to.deep.equal({ folders: 4, seen: 6 });
    expect(server.asked).to.have.members(['/', '/a', '/b', '/b/c']);
    expect(told[0]).to.equal('1 folder, 3 entries so far: /a');
  });

  it('ends where it was told to, and says why', async () => {
    const wide = serving((folder) => (folder === ROOT ? Array.from({ length: 50 }, (_, index) => `${index}/`) : ['x', 'y']));
    expect(await walkFiles(wide, ROOT, { ...LIMITS, folders: 10 }, () => true, quiet)).to.include({
      folders: 10,
      ended: 'it would take more than 10 folders',
    });
    expect(wide.asked.length).to.equal(10);
    expect(await walkFiles(wide, ROOT, { ...LIMITS, entries: 20 }, () => true, quiet)).to.include({
      ended: 'there are more than 20 entries',
    });
    expect((await walkFiles(wide, ROOT, { ...LIMITS, time: -1 }, () => true, quiet)).ended).to.contain('it took more than');
    expect(await walkFiles(wide, ROOT, LIMITS, ({ path }) => nameOf(path) !== '3', quiet)).to.include({ ended: 'there were enough' });
  });

  it('does not follow a folder that holds itself for ever', async () => {
    const loop = serving(() => ['again/']);
    const walk = await walkFiles(loop, parsePath('/a'), { folders: 10_000, entries: 10_000, time: 10_000 }, () => true, quiet);
    expect(walk.ended).to.contain('deep');
    expect(loop.asked.length).to.be.lessThan(100);
  });

  it('orders as people look: folders first, numbers by their value', () => {
    const entry = (name: string, type: FileEntry['type']): FileEntry => ({ path: parsePath(name), type });
    const entries = [entry('b10', 'file'), entry('B2', 'file'), entry('ä', 'file'), entry('z', 'folder')];
    expect(byName(entries).map(({ path }) => path)).to.deep.equal(['/z', '/ä', '/B2', '/b10']);
  });
});
