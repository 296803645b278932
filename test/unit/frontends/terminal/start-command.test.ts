import { expect } from 'chai';
import { InMemorySettingsStore } from '../../../../src/adapters/in-memory/in-memory-settings-store.js';
import { PyraError } from '../../../../src/core/domain/errors.js';
import { DEFAULT_SETTINGS } from '../../../../src/core/domain/settings.js';
import type { Command } from '../../../../src/frontends/terminal/command.js';
import { commands } from '../../../../src/frontends/terminal/start-command.js';
import type { SettingsStore } from '../../../../src/ports/settings-store.js';
import { commandContext, runCommand } from '../../../support/command-context.js';

const start = commands[0] as Command;
const WITH_MODEL = { ...DEFAULT_SETTINGS, ai: { ...DEFAULT_SETTINGS.ai, provider_id: 'ollama', model: 'm1' } };

describe('pyra start', () => {
  /** Runs it; `setup` is what the command setup does to the settings. */
  const run = async (settings: SettingsStore, interactive: boolean, setup: () => Promise<void> = async () => undefined) => {
    const ran: string[] = [];
    const context = { ...commandContext({ foundation: () => ({ settings }) }), interactive };
    const code = await runCommand(
      start,
      {
        ...context,
        runCommand: async ([name = '']) => {
          ran.push(name);
          if (name === 'setup') await setup();
          return name === 'chat' ? 7 : 0;
        },
      },
      [],
    );
    return [ran, code];
  };

  it('chats where a model is configured', async () => {
    expect(await run(new InMemorySettingsStore(WITH_MODEL), false)).to.deep.equal([['chat'], 7]);
  });

  it('shows the demo where none is and nobody can be asked', async () => {
    expect(await run(new InMemorySettingsStore(), false)).to.deep.equal([['demo'], 0]);
  });

  it('sets up on a terminal, and chats when that configured a model', async () => {
    const settings = new InMemorySettingsStore();
    expect(await run(settings, true, () => settings.save(WITH_MODEL))).to.deep.equal([['setup', 'chat'], 7]);
  });

  it('does not chat after a setup that was left', async () => {
    expect(await run(new InMemorySettingsStore(), true)).to.deep.equal([['setup'], 0]);
  });

  it('lets the chat say what is wrong with broken settings', async () => {
    const fail = (): Promise<never> => Promise.reject(new PyraError('settings/invalid', 'broken'));
    const broken: SettingsStore = { load: fail, save: async () => undefined, update: fail };
    expect((await run(broken, true))[0]).to.deep.equal(['chat']);
  });
});
