import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { programPlaces } from '../../../../src/adapters/mcp/program-places.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

describe('what a program is made of', () => {
  let root: string;
  const file = (path: string, text = '', mode = 0o755): string => {
    const whole = join(root, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, text, { mode });
    return whole;
  };
  const link = (target: string, path: string): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
    return join(root, path);
  };
  /** The mounts below the folder of the test, without it, or what is wrong. */
  const mounts = async (
    command: string,
    read: readonly string[] = [],
    write: readonly string[] = [],
  ): Promise<readonly string[] | string> => {
    const [granted, writable] = [[...read, ...write].map((path) => join(root, path)), write.map((path) => join(root, path))];
    const isOpen = (real: string): boolean => [...granted, '/usr', '/bin'].some((folder) => real.startsWith(`${folder}/`));
    const bounds = { home: join(root, 'ana/.pyra'), person: join(root, 'ana'), granted, writable, isOpen };
    const places = await programPlaces(command, bounds);
    if (typeof places === 'string') return places.replaceAll(root, '');
    return places.mounts.flatMap((path) => (path.startsWith(root) ? [path.slice(root.length)] : [])).sort();
  };

  beforeEach(() => {
    root = temporaryFolder();
    mkdirSync(join(root, 'ana/.pyra/mcp/sample'), { recursive: true });
  });

  afterEach(() => removeFolder(root));

  it('is the program alone where it needs nothing else, and what its link leads to', async () => {
    file('ana/.local/share/tool/tool');
    file('ana/.local/share/tool/notes.txt');
    expect(await mounts(link('../share/tool/tool', 'ana/.local/bin/tool'))).to.deep.equal(['/ana/.local/share/tool/tool']);
  });

  it('is not a text that nothing but a shell would take for a program', async () => {
    expect(await mounts(file('ana/server.py', 'import sys\n'))).to.match(/^the program \/ana\/server\.py is a text whose first line/);
    expect(await mounts(file('ana/server', '\u007fELF\u0002\u0001\u0001\u0000'))).to.deep.equal(['/ana/server']);
  });

  it('is of uvx the uv beside it too', async () => {
    file('ana/.local/bin/uv');
    file('ana/.local/bin/other');
    expect(await mounts(file('ana/.local/bin/uvx'))).to.deep.equal(['/ana/.local/bin/uv', '/ana/.local/bin/uvx']);
  });

  it('is of a tool of uv or pipx its environment, and the Python behind that with its library', async () => {
    const python = file('ana/.local/share/uv/python/cpython-3.12/bin/python3.12');
    file('ana/.local/share/uv/python/cpython-3.12/lib/python3.12/os.py');
    file('ana/.local/share/uv/tools/clock/pyvenv.cfg');
    file('ana/.local/share/uv/tools/other/pyvenv.cfg');
    link(python, 'ana/.local/share/uv/tools/clock/bin/python');
    const script = file('ana/.local/share/uv/tools/clock/bin/clock', `#!${root}/ana/.local/share/uv/tools/clock/bin/python\n`);
    expect(await mounts(link(script, 'ana/.local/bin/clock'))).to.deep.equal([
      '/ana/.local/share/uv/python/cpython-3.12/bin/python3.12',
      '/ana/.local/share/uv/python/cpython-3.12/lib',
      '/ana/.local/share/uv/tools/clock',
      '/ana/.local/share/uv/tools/clock/bin/clock',
    ]);
  });

  it('is of a Python in a shared folder only what is named after it, never the folder', async () => {
    file('ana/.local/lib/python3.12/os.py');
    file('ana/.local/lib/libpython3.12.so');
    file('ana/.local/lib/other/secret');
    expect(await mounts(file('ana/.local/bin/python3.12'))).to.deep.equal([
      '/ana/.local/bin/python3.12',
      '/ana/.local/lib/libpython3.12.so',
      '/ana/.local/lib/python3.12',
    ]);
  });

  it("is never Pyra's home, nor a folder that holds it or the person's own", async () => {
    expect(await mounts(file('ana/.pyra/vault/tool'))).to.equal(
      'the program /ana/.pyra/vault/tool lies in the home of Pyra, which is never shown to it',
    );
    expect(await mounts(file('ana/.pyra/mcp/sample/tool'), ['ana/.pyra/mcp/sample'])).to.deep.equal([]);
    file('ana/pyvenv.cfg');
    expect(await mounts(file('ana/bin/tool'))).to.deep.equal(['/ana/bin/tool']);
    file('pyvenv.cfg');
    expect(await mounts(file('bin/tool'))).to.deep.equal(['/bin/tool']);
  });

  it('is of a script its interpreter, the one beside it before any other, and the interpreter of that', async () => {
    file('tools/bin/run');
    file('tools/bin/middle', `#!${root}/tools/bin/run\n`);
    expect(await mounts(file('tools/bin/start', '#!/usr/bin/env -S middle --flag\n'))).to.deep.equal([
      '/tools/bin/middle',
      '/tools/bin/run',
      '/tools/bin/start',
    ]);
  });

  it('is told in words where it cannot be found', async () => {
    expect(await mounts(file('a', '#!/no/such/interpreter\n'))).to.equal(
      'the program /a is run by /no/such/interpreter, which is not there',
    );
    expect(await mounts(file('b', '#!/usr/bin/env no-such-program-at-all\n'))).to.contain('which is not there');
    expect(await mounts(file('c', `#!${root}/c\n`))).to.equal('the program /c is started by too many others');
    expect(await mounts(file('d', '', 0o644))).to.contain('cannot be started');
    expect(await mounts(link('e', 'e'))).to.equal('the program /e is not there');
    expect(await mounts(file('.pyenv/shims/python3'))).to.contain('only looks for the real one: name that one instead');
  });

  describe('that lies in a folder which the server may write', () => {
    const script = (first: string): string => file('ana/work/.venv/bin/server', `#!${first}\n`);
    const refused = /^it is run by \/ana\/private\/bin\/backup, and it could change that itself/;

    beforeEach(() => {
      file('ana/private/bin/backup', '#!/bin/sh\n');
      file('ana/private/pyvenv.cfg');
      file('ana/work/.venv/pyvenv.cfg');
    });

    it('is started with what the system shows, and with an interpreter that the person’s shell would find', async () => {
      for (const first of ['/bin/sh', '/usr/bin/env node', '/usr/bin/env perl'])
        expect(await mounts(script(first), [], ['ana/work']), first).to.deep.equal(['/ana/work/.venv']);
    });

    it('shows nothing else that its first line names', async () => {
      expect(await mounts(script(join(root, 'ana/private/bin/backup')), [], ['ana/work'])).to.match(refused);
      // The next one is named in a file of its own, too.
      const second = file('ana/work/second', `#!${root}/ana/private/bin/backup\n`);
      expect(await mounts(script(second), [], ['ana/work'])).to.match(refused);
    });

    it('shows nothing to which it made a link: the program, or the Python of its environment', async () => {
      const target = join(root, 'ana/private/bin/backup');
      expect(await mounts(link(target, 'ana/work/server'), [], ['ana/work'])).to.match(refused);
      link(target, 'ana/work/.venv/bin/python');
      expect(await mounts(script('/bin/sh'), [], ['ana/work'])).to.match(refused);
    });

    it('shows no environment through which such a link leads', async () => {
      link('/bin/sh', 'ana/private/bin/python');
      link(join(root, 'ana/private/bin/python'), 'ana/work/.venv/bin/python');
      expect(await mounts(script('/bin/sh'), [], ['ana/work'])).to.deep.equal(['/ana/work/.venv']);
    });

    it('says what of a Python is to be granted, and takes it then', async () => {
      const python = file('ana/.local/share/uv/python/3.12/bin/python3.12');
      link(python, 'ana/work/.venv/bin/python');
      const server = script(join(root, 'ana/work/.venv/bin/python'));
      expect(await mounts(server, [], ['ana/work'])).to.match(/grant it with --read \/ana\/.local\/share\/uv\/python\/3.12$/);
      expect(await mounts(server, ['ana/.local/share/uv/python/3.12'], ['ana/work'])).to.deep.equal(['/ana/work/.venv']);
    });

    it('shows what was granted besides', async () => {
      link(join(root, 'ana/private/bin/backup'), 'ana/work/.venv/bin/python');
      expect(await mounts(script('/bin/sh'), ['ana/private'], ['ana/work'])).to.deep.equal(['/ana/work/.venv']);
    });
  });
});
