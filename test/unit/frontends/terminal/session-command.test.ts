import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { InMemoryConversationStore } from '../../../../src/adapters/in-memory/in-memory-conversation-store.js';
import { isPyraError } from '../../../../src/core/domain/errors.js';
import type { ConversationId, Instant } from '../../../../src/core/domain/identifiers.js';
import type { Command } from '../../../../src/frontends/terminal/command.js';
import { commands } from '../../../../src/frontends/terminal/session-command.js';
import { type ContextOptions, commandContext, runCommand } from '../../../support/command-context.js';
import { SAMPLE_CONVERSATION } from '../../../support/sample-conversation.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const command = (verb: string): Command => commands.find((candidate) => candidate.verb === verb) as Command;
const cafe = 'abcdef0123' as ConversationId;
const train = 'abcdef9999' as ConversationId;

describe('pyra session', () => {
  let conversations: InMemoryConversationStore;
  beforeEach(async () => {
    conversations = new InMemoryConversationStore();
    await conversations.append(cafe, SAMPLE_CONVERSATION);
    await conversations.append(train, [
      {
        role: 'user',
        text: 'Which train to Ulm?',
        origin: { kind: 'terminal' },
        provenance: { kind: 'own' },
        at: '2026-03-02T08:00:00.000Z' as Instant,
      },
    ]);
  });
  const context = (options: ContextOptions = {}) => commandContext({ pyra: { conversations }, ...options });
  const json = (options: ContextOptions = {}) => context({ globals: { json: true }, ...options });
  const failure = async (run: Promise<unknown>): Promise<string> => {
    try {
      await run;
    } catch (error) {
      if (isPyraError(error)) return error.code;
      throw error;
    }
    return 'no error';
  };

  it('lists the conversations, the last one first, with ids and times', async () => {
    const surroundings = context();
    expect(await runCommand(command('list'), surroundings, [])).to.equal(0);
    const lines = surroundings.out().trimEnd().split('\n');
    expect(lines).to.have.length(2);
    expect(lines[0]).to.match(/^abcdef9999 .* 1 {2}Which train to Ulm\?$/);
    expect(lines[1]).to.match(/^abcdef0123 .* 5 {2}When does the café open\?$/);
  });

  it('lists as JSON with whole ids, and says how many there are beyond the limit', async () => {
    const surroundings = json();
    await runCommand(command('list'), surroundings, ['--limit', '1']);
    const answer = JSON.parse(surroundings.out());
    expect(answer).to.include({ v: 1, total: 2 });
    expect(answer.conversations).to.deep.equal([
      { id: train, title: 'Which train to Ulm?', started: '2026-03-02T08:00:00.000Z', updated: '2026-03-02T08:00:00.000Z', messages: 1 },
    ]);
  });

  it('finds words of titles, messages and results without regard to case and accents', async () => {
    for (const query of ['CAFE', 'from nine', 'ulm']) {
      const surroundings = json();
      await runCommand(command('search'), surroundings, query.split(' '));
      const ids = JSON.parse(surroundings.out()).conversations.map(({ id }: { id: string }) => id);
      expect(ids, query).to.deep.equal([query === 'ulm' ? train : cafe]);
    }
    const nothing = json();
    await runCommand(command('search'), nothing, ['cafe', 'ulm']);
    expect(JSON.parse(nothing.out()).conversations).to.deep.equal([]);
  });

  it('shows what was said, called and summarised, with nothing that a terminal obeys', async () => {
    const surroundings = context();
    expect(await runCommand(command('show'), surroundings, ['abcdef0'])).to.equal(0);
    const text = surroundings.out();
    expect(text).to.include('When does the café open?');
    expect(text).to.include('→ web.fetch {"url":"https://cafe.example"}');
    expect(text).to.include('← web.fetch');
    expect(text).to.include('text from cafe.example');
    expect(text).to.include('Open from nine\\u{1b}[2J\\u{202e}');
    expect(text).to.include('interrupted');
    expect(text).to.include('stands for the first 2 messages');
    expect(text).not.to.include('\u001b');
  });

  it('refuses an id that fits none or several', async () => {
    expect(await failure(runCommand(command('show'), context(), ['zzz']))).to.equal('not-found');
    expect(await failure(runCommand(command('show'), context(), ['abcdef']))).to.equal('usage');
    expect(await failure(runCommand(command('show'), context(), ['']))).to.equal('not-found');
  });

  it('goes on with a conversation by its whole id', async () => {
    const surroundings = context();
    await runCommand(command('resume'), surroundings, ['abcdef9']);
    expect(surroundings.ran).to.deep.equal([['chat', '--resume', train]]);
  });

  it('deletes after a yes, and only then', async () => {
    const no = context({ prompter: { confirm: async () => false } });
    expect(await runCommand(command('rm'), no, [cafe])).to.equal(1);
    expect(await conversations.load(cafe)).not.to.equal(undefined);
    const yes = context({ prompter: { confirm: async () => true } });
    expect(await runCommand(command('rm'), yes, [cafe])).to.equal(0);
    expect(await conversations.load(cafe)).to.equal(undefined);
  });

  it('names --yes where nobody can be asked, and deletes with it', async () => {
    expect(await failure(runCommand(command('rm'), context(), [cafe]))).to.equal('usage');
    expect(await runCommand(command('rm'), context({ globals: { yes: true } }), [cafe])).to.equal(0);
    expect(await conversations.load(cafe)).to.equal(undefined);
  });

  it('does not delete a conversation that another holds', async () => {
    const release = await conversations.lease(cafe);
    expect(await failure(runCommand(command('rm'), context({ globals: { yes: true } }), [cafe]))).to.equal('home/locked');
    await release();
    expect(await conversations.load(cafe)).not.to.equal(undefined);
  });

  describe('export', () => {
    let folder = '';
    beforeEach(() => {
      folder = temporaryFolder();
    });
    afterEach(() => removeFolder(folder));

    it('writes Markdown to stdout, with results in blocks that they cannot close', async () => {
      const surroundings = context();
      await runCommand(command('export'), surroundings, ['abcdef0']);
      expect(surroundings.out()).to.include('# When does the café open?');
      expect(surroundings.out()).to.include('```\nOpen from nine\\u{1b}[2J\\u{202e}\n```');
    });

    it('writes the stored messages as JSON into a file of mode 600', async () => {
      await runCommand(command('export'), context({ cwd: folder }), ['abcdef0', 'talk.json']);
      const path = join(folder, 'talk.json');
      expect(statSync(path).mode & 0o777).to.equal(0o600);
      const written = JSON.parse(readFileSync(path, 'utf8'));
      expect(written.v).to.equal(1);
      expect(written.conversation.messages).to.deep.equal(JSON.parse(JSON.stringify(SAMPLE_CONVERSATION)));
    });

    it('replaces a file only with --yes', async () => {
      writeFileSync(join(folder, 'talk.md'), 'mine');
      expect(await failure(runCommand(command('export'), context({ cwd: folder }), ['abcdef0', 'talk.md']))).to.equal('usage');
      expect(readFileSync(join(folder, 'talk.md'), 'utf8')).to.equal('mine');
      await runCommand(command('export'), context({ cwd: folder, globals: { yes: true } }), ['abcdef0', 'talk.md']);
      expect(readFileSync(join(folder, 'talk.md'), 'utf8')).to.include('# When');
    });

    it('refuses an unknown format', async () => {
      expect(await failure(runCommand(command('export'), context({ cwd: folder }), ['abcdef0', 'x.pdf', '--format', 'pdf']))).to.equal(
        'usage',
      );
      expect(existsSync(join(folder, 'x.pdf'))).to.equal(false);
    });
  });
});
