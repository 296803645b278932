import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { PROJECT } from '../support/source-files.js';

const PYRA = join(PROJECT, 'bin/pyra');
const env = { PATH: `${dirname(PYRA)}:${process.env.PATH}`, HOME: '/nonexistent', PYRA_HOME: '/nonexistent/pyra' };

/** The suggestions for a line whose last word is being written. */
function suggest(...words: readonly string[]): readonly string[] {
  const { stdout, status } = spawnSync(PYRA, ['completion', 'complete', '--', ...words], { encoding: 'utf8', env, input: '' });
  expect(status).to.equal(0);
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(':'))
    .map((line) => line.split('\t')[0] ?? '');
}

describe('pyra completion', () => {
  it('suggests nouns, verbs and flags', () => {
    expect(suggest('')).to.include.members(['start', 'help', 'completion']);
    expect(suggest('comp')).to.deep.equal(['completion']);
    expect(suggest('completion', '')).to.deep.equal(['bash', 'zsh', 'fish']);
    expect(suggest('completion', 'bash', '--no-')).to.deep.equal(['--no-color', '--no-input']);
  });

  for (const [shell, check] of [
    ['bash', ['bash', '-n']],
    ['zsh', ['zsh', '-n']],
    ['fish', ['fish', '--no-execute']],
  ] as const) {
    it(`prints a script that ${shell} accepts`, function () {
      const { stdout, status } = spawnSync(PYRA, ['completion', shell], { encoding: 'utf8', env, input: '' });
      expect(status).to.equal(0);
      expect(stdout).to.include('pyra completion complete --');
      const folder = mkdtempSync(join(tmpdir(), 'pyra-completion-'));
      const file = join(folder, 'script');
      writeFileSync(file, stdout);
      const [program, ...args] = check;
      const accepted = spawnSync(program, [...args, file], { input: '', encoding: 'utf8' });
      rmSync(folder, { recursive: true, force: true });
      if (accepted.error !== undefined) this.skip();
      expect(accepted.stderr).to.equal('');
      expect(accepted.status).to.equal(0);
    });
  }

  /** What bash offers at the end of a line of these words. */
  function inBash(words: readonly string[], more: NodeJS.ProcessEnv = {}): string {
    const program = `
      source <("${PYRA}" completion bash)
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
      _pyra_completion
      echo "\${COMPREPLY[*]}"`;
    return spawnSync('bash', ['-c', program, 'bash', ...words], { encoding: 'utf8', env: { ...env, ...more } }).stdout.trim();
  }

  it('completes in a real bash', () => {
    expect(inBash(['pyra', 'comp'])).to.equal('completion');
    expect(inBash(['pyra', 'completion', ''])).to.equal('bash zsh fish');
    expect(inBash(['pyra', '--no'])).to.equal('--no-color --no-input');
    for (const verb of ['get', 'set']) expect(inBash(['pyra', 'config', verb, 'mcp'])).to.equal('mcp.servers');
  });

  it('knows MCP servers, their tools and what can be said of them, and starts none', () => {
    const home = mkdtempSync(join(tmpdir(), 'pyra-completion-'));
    try {
      const settings = { mcp: { servers: { notes: { command: '/bin/false' } } } };
      writeFileSync(join(home, 'config.yaml'), JSON.stringify(settings), { mode: 0o600 });
      const tool = { name: 'read', description: 'Reads.', parameters: { type: 'object' }, hints: {} };
      mkdirSync(join(home, 'state/mcp'), { recursive: true, mode: 0o700 });
      const record = { seen: [{ verb: 'read', tool, digest: '0'.repeat(64) }], unseen: [] };
      writeFileSync(join(home, 'state/mcp/notes.json'), JSON.stringify(record), { mode: 0o600 });
      const own = { PYRA_HOME: home };
      expect(inBash(['pyra', 'mcp', 'set', ''], own)).to.equal('notes');
      expect(inBash(['pyra', 'mcp', 'set', 'notes', 're'], own)).to.equal('read=read read=egress read=write read=destructive');
      expect(inBash(['pyra', 'mcp', 'set', 'notes', 'read=write', 'start'], own)).to.equal('start=first-use start=startup');
      expect(inBash(['pyra', 'mcp', 'set', 'notes', 'read', '=', 'w'], own)).to.equal('write');
      expect(inBash(['pyra', 'mcp', 'set', 'notes', 'start', '=', ''], own)).to.equal('first-use startup');
      // So the words stand where nothing was written behind the sign yet.
      expect(inBash(['pyra', 'mcp', 'set', 'notes', 'read', '='], own)).to.equal('read egress write destructive');
      expect(existsSync(join(home, 'mcp'))).to.equal(false);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('runs nothing that stands in the line', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pyra-completion-'));
    try {
      const file = join(folder, 'file');
      for (const word of [`$(touch ${file})`, `\`touch ${file}\``, `;touch ${file}`]) inBash(['pyra', 'help', word, '']);
      inBash(['pyra', 'help', '>', file, '']);
      expect(existsSync(file)).to.equal(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
