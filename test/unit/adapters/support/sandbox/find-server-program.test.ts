import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { findServerProgram } from '../../../../../src/adapters/support/sandbox/find-server-program.js';
import { removeFolder, temporaryFolder } from '../../../../support/temporary-folder.js';

describe('the search for a server that is a program', () => {
  let root: string;
  const program = (path: string): string => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), '#!/bin/sh\n', { mode: 0o755 });
    return join(root, path);
  };

  beforeEach(() => {
    root = temporaryFolder();
  });

  afterEach(() => removeFolder(root));

  it("finds what the person's own shell would start, before what the system has", () => {
    const own = program('own/sh');
    expect(findServerProgram('sh', '/', `${join(root, 'none')}:${join(root, 'own')}:/usr/bin`)).to.equal(own);
    expect(findServerProgram('sh', '/', '')).to.match(/^\/(?:usr\/)?(?:local\/)?bin\/sh$/);
    expect(findServerProgram('no-such-program-at-all', '/', '/usr/bin')).to.equal(undefined);
  });

  it('takes no program from a folder of the path that is not absolute, and no file that cannot be started', () => {
    program('bin/tool');
    expect(findServerProgram('tool', root, 'bin:.')).to.equal(undefined);
    writeFileSync(join(root, 'bin/text'), 'text', { mode: 0o644 });
    expect(findServerProgram('text', '/', join(root, 'bin'))).to.equal(undefined);
    mkdirSync(join(root, 'bin/folder'));
    expect(findServerProgram('folder', '/', join(root, 'bin'))).to.equal(undefined);
  });

  it("finds a path from the folder that it is given in, and from the person's own", () => {
    const tool = program('project/bin/tool');
    expect(findServerProgram('./bin/tool', join(root, 'project'))).to.equal(tool);
    expect(findServerProgram('~/project/bin/tool', '/', '', root)).to.equal(tool);
    expect(findServerProgram('bin/none', join(root, 'project'))).to.equal(undefined);
  });

  it('passes over what only looks for the real program, and takes what lasts longer than one shell', () => {
    program('.pyenv/shims/python3');
    const real = program('versions/v22/bin/python3');
    mkdirSync(join(root, 'fnm_multishells'));
    symlinkSync(join(root, 'versions/v22'), join(root, 'fnm_multishells/1_2'));
    const path = `${join(root, '.pyenv/shims')}:${join(root, 'fnm_multishells/1_2/bin')}`;
    expect(findServerProgram('python3', '/', path)).to.equal(real);
  });
});
