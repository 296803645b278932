import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { PROJECT, sourceFiles, withoutComments } from '../support/source-files.js';

/** Classes whose contract is not written yet. Nothing may be added here. */
const WAITING: readonly string[] = [];

const files = sourceFiles();

/** Port name → the port's file without folder and ending, which names its contract. */
const ports = new Map(
  files
    .filter((file) => file.path.startsWith('ports/'))
    .flatMap((file) =>
      [...file.code.matchAll(/^export interface (\w+)/gm)].map(
        ([, name = '']) => [name, file.path.slice('ports/'.length, -'.ts'.length)] as const,
      ),
    ),
);

/** Every class of an adapter with the ports that it implements. */
const adapters = files
  .filter((file) => file.path.startsWith('adapters/'))
  .flatMap((file) =>
    [...file.code.matchAll(/\bclass (\w+)[^{]*?\bimplements ([^{]+)\{/g)].flatMap(([, name = '', list = '']) =>
      list
        .split(',')
        .map((item) => item.trim().replace(/<.*$/, ''))
        .filter((port) => ports.has(port))
        .map((port) => ({ name, port, contract: ports.get(port) ?? '' })),
    ),
  );

describe('contract coverage', () => {
  it('finds ports and adapters to look at', () => {
    expect([...ports.keys()]).to.include.members(['LanguageModel', 'SecretStore', 'Approver']);
    expect(adapters).not.to.be.empty;
  });

  for (const { name, port, contract } of adapters.filter((adapter) => !WAITING.includes(adapter.name))) {
    it(`has ${name} in the table of test/contract/${contract}.test.ts, since it implements ${port}`, () => {
      const table = join(PROJECT, 'test/contract', `${contract}.test.ts`);
      expect(existsSync(table), `${table} exists`).to.equal(true);
      expect(withoutComments(readFileSync(table, 'utf8'))).to.match(new RegExp(`\\b${name}\\b`));
      expect(existsSync(join(PROJECT, 'test/contract', `${contract}.contract.ts`)), 'the contract exists').to.equal(true);
    });
  }
});
