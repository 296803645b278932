import { PyraError } from '../../core/domain/errors.js';
import type { Finding } from '../../core/domain/finding.js';
import type { Home } from '../../ports/home.js';

/** A home without any files: it has the faults that it is told to have. */
export class InMemoryHome implements Home {
  readonly #wide = new Set<string>();
  #planted: string | undefined;
  #sentinel: 'new' | 'there' | 'lost' = 'new';

  /** Gives a path a too wide mode. */
  widen(path: string): void {
    this.#wide.add(path);
  }

  /** Puts a symbolic link in place of a path; `undefined` removes it. */
  plantLink(path: string | undefined): void {
    this.#planted = path;
  }

  /** Takes the vault's sentinel away, or puts it back. */
  loseSentinel(lost = true): void {
    this.#sentinel = lost ? 'lost' : 'there';
  }

  async prepare(): Promise<readonly Finding[]> {
    if (this.#planted !== undefined) throw new PyraError('home/insecure', `${this.#planted} is a symbolic link`);
    const repaired = [...this.#wide].map(
      (path): Finding => ({ label: 'mode-repaired', category: 'home', message: `${path} had a too wide mode` }),
    );
    this.#wide.clear();
    if (this.#sentinel === 'lost')
      throw new PyraError('vault/absent', 'vault/.vault_lock is missing', { hint: 'restore vault/ from a backup' });
    this.#sentinel = 'there';
    return repaired;
  }

  async inspect(): Promise<readonly Finding[]> {
    const findings = [...this.#wide].map(
      (path): Finding => ({ label: 'mode-too-wide', category: 'home', message: `${path} has a too wide mode`, fix: 'pyra doctor --fix' }),
    );
    if (this.#planted !== undefined) {
      findings.push({ label: 'symbolic-link', category: 'home', message: `${this.#planted} is a symbolic link` });
    }
    if (this.#sentinel === 'new')
      findings.push({ label: 'home-missing', category: 'home', message: 'there is no home yet', fix: 'pyra setup' });
    if (this.#sentinel === 'lost') {
      findings.push({ label: 'vault-sentinel-missing', category: 'vault', message: 'vault/.vault_lock is missing' });
    }
    return findings;
  }
}
