import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FsConversationStore } from '../../src/adapters/filesystem/fs-conversation-store.js';
import { homePaths } from '../../src/adapters/support/home-paths.js';
import { unansweredCalls } from '../../src/core/domain/conversation-prompt.js';
import type { JsonObject } from '../../src/core/domain/json.js';
import { cleanEnvironment, PYRA, runPyra } from '../support/built-program.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

/** How many turns are killed: `PYRA_TEST_TURN_KILLS`, else 200 in the continuous integration and 25 elsewhere. */
const KILLS = Number(process.env.PYRA_TEST_TURN_KILLS ?? (process.env.CI ? 200 : 25));
/** About how long a turn takes here, in milliseconds; measured before the loop. */
const LONGEST = 3_000;

interface Confirmed {
  asked: boolean;
  remembered: boolean;
}

const contentOf = (run: number): string => `value of run ${run}: ${'x'.repeat(3_000)} end of ${run}`;

describe(`a turn that is killed at any moment (${KILLS} times)`, function () {
  this.timeout(KILLS * 4_000 + 60_000);
  let home: string;
  let folder: string;
  let server: ModelServer;
  const confirmed = new Map<number, Confirmed>();

  before(async () => {
    folder = temporaryFolder();
    home = join(folder, 'home');
    mkdirSync(home, { mode: 0o700 });
    server = await startModelServer((body) => {
      const messages = body.messages as readonly JsonObject[];
      // The words of a turn that was killed stand before those of the turn that went on.
      const asked = [...JSON.stringify(messages.findLast(({ role }) => role === 'user')?.content).matchAll(/run (\d+)/g)];
      const run = Number(asked.at(-1)?.[1]);
      const known = confirmed.get(run) ?? { asked: false, remembered: false };
      confirmed.set(run, known);
      known.asked = true;
      const last = messages.at(-1);
      if (last?.role === 'tool') {
        known.remembered ||= !/denied|failed|withheld/.test(String(last.content));
        return { text: `done with run ${run}` };
      }
      return { calls: [{ name: 'memory__remember', args: { name: `knowledge/n${run}.md`, content: contentOf(run) } }] };
    });
    const setup = ['setup', '--provider', 'openai-compatible', '--base-url', server.url, '--model', 'scripted', '--no-key', '--no-input'];
    expect((await runPyra(setup, { home })).code).to.equal(0);
  });
  after(async () => {
    await server.close();
    removeFolder(folder);
  });

  const turn = (run: number) =>
    spawn(PYRA, ['ask', `run ${run}`, '--allow', 'memory.remember'], {
      env: cleanEnvironment({ home }),
      stdio: ['ignore', 'pipe', 'ignore'],
    });

  it('loses nothing that was confirmed and leaves nothing half-written', async () => {
    const started = performance.now();
    await once(turn(0), 'exit');
    const whole = Math.min(LONGEST, performance.now() - started);
    for (let run = 1; run <= KILLS; run += 1) {
      const child = turn(run);
      const timer = setTimeout(() => child.kill('SIGKILL'), Math.random() * whole);
      await once(child, 'exit');
      clearTimeout(timer);
    }

    const store = new FsConversationStore(homePaths(home).conversations);
    const byRun = new Map<number, Awaited<ReturnType<typeof store.load>>>();
    for (const { id, title } of await store.headings()) byRun.set(Number(/run (\d+)/.exec(title)?.[1]), await store.load(id));
    for (const [run, { asked, remembered }] of confirmed) {
      const messages = byRun.get(run)?.messages ?? [];
      if (asked) expect(messages[0], `run ${run}`).to.include({ role: 'user', text: `run ${run}` });
      if (remembered) {
        expect(
          messages.filter(({ role }) => role === 'tool'),
          `run ${run}`,
        ).to.have.length(1);
        const { stdout } = await runPyra(['memory', 'show', `knowledge/n${run}.md`, '--json'], { home });
        expect((JSON.parse(stdout) as { note: { text: string } }).note.text.trim(), `run ${run}`).to.equal(contentOf(run));
      }
      expect(unansweredCalls(messages).length, `run ${run}`).to.be.at.most(1);
    }
    const list = JSON.parse((await runPyra(['memory', 'list', '--json'], { home })).stdout) as { notes: readonly { name: string }[] };
    for (const { name } of list.notes) {
      const { stdout } = await runPyra(['memory', 'show', name, '--json'], { home });
      expect((JSON.parse(stdout) as { note: { text: string } }).note.text.trim(), name).to.equal(contentOf(Number(/\d+/.exec(name)?.[0])));
    }
    const verified = await runPyra(['security', 'log', '--verify'], { home });
    expect(verified.code, verified.stdout + verified.stderr).to.equal(0);
    const doctor = await runPyra(['doctor'], { home });
    expect(doctor.code, doctor.stdout).to.equal(0);
    const { code, stdout } = await runPyra(['ask', '-c', 'run 0 once more', '--allow', 'memory.remember'], { home });
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: 'done with run 0\n' });
  });
});
