import { isAbsolute, join, resolve } from 'node:path';
import { expect } from 'chai';
import { homeFolder } from '../../../../src/adapters/support/home-folder.js';

describe('the home folder', () => {
  const before = process.env.HOME;
  afterEach(() => {
    if (before === undefined) delete process.env.HOME;
    else process.env.HOME = before;
  });

  it('is absolute even where HOME is empty or missing', () => {
    process.env.HOME = '';
    expect(isAbsolute(homeFolder({}, undefined))).to.equal(true);
    delete process.env.HOME;
    expect(isAbsolute(homeFolder({}, undefined))).to.equal(true);
  });

  it('is what PYRA_HOME names, from the folder in use, with blanks and umlauts', () => {
    expect(homeFolder({ PYRA_HOME: 'mit Leer ümläut' }, undefined)).to.equal(resolve('mit Leer ümläut'));
    expect(homeFolder({ PYRA_HOME: '/x' }, 'work')).to.equal(join('/x', 'profiles', 'work'));
  });
});
