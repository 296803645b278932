import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { mappedStack } from '../../../../src/adapters/support/mapped-stack.js';

describe('a mapped stack', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pyra-stack-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const stackAt = (file: string): string => `Error: oh\n    at run (${pathToFileURL(join(folder, file))}:1:1)\n    at node:internal/x:1:2`;

  it('names the source, its line and its column', () => {
    // One segment: column 0 of the bundle is line 3, column 4 of the source, both counted from 0 (AAGI).
    const map = { version: 3, sources: ['../src/core/thing.ts'], names: [], mappings: 'AAGI' };
    writeFileSync(join(folder, 'main.js.map'), JSON.stringify(map));
    const source = new URL('../src/core/thing.ts', pathToFileURL(join(folder, 'main.js'))).href;
    expect(mappedStack(stackAt('main.js'))).to.equal(`Error: oh\n    at run (${source}:4:5)\n    at node:internal/x:1:2`);
  });

  it('leaves a place alone whose map is missing or broken', () => {
    writeFileSync(join(folder, 'broken.js.map'), '{');
    for (const file of ['main.js', 'broken.js']) expect(mappedStack(stackAt(file))).to.equal(stackAt(file));
  });
});
