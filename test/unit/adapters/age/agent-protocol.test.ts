import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { agentSocket } from '../../../../src/adapters/age/agent-protocol.js';

describe("the place of the agent's socket", () => {
  const long = `/home/${'x'.repeat(120)}/run`;

  it('is in run/ where that is short enough', () => {
    expect(agentSocket('/home/ana/.pyra/run', { XDG_RUNTIME_DIR: '/run/user/1000' })).to.equal('/home/ana/.pyra/run/agent.sock');
    const exactly = `/${'x'.repeat(100 - '//agent.sock'.length)}`;
    expect(agentSocket(exactly, {})).to.have.length(100);
    expect(agentSocket(`${exactly}x`, { XDG_RUNTIME_DIR: '/run/user/1000' })).to.match(/^\/run\/user\/1000\/pyra-/);
  });

  it('counts bytes, not characters', () => {
    expect(agentSocket(`/${'ü'.repeat(60)}`, { XDG_RUNTIME_DIR: '/run/user/1000' })).to.match(/^\/run\/user\/1000\/pyra-/);
  });

  it('is elsewhere for a long path, another for each home, never over 100 bytes', () => {
    const at = (run: string, runtime?: string): string => agentSocket(run, runtime === undefined ? {} : { XDG_RUNTIME_DIR: runtime });
    expect(at(long, '/run/user/1000')).to.match(/^\/run\/user\/1000\/pyra-[0-9a-f]{16}\/agent\.sock$/);
    expect(at(long, '/run/user/1000')).not.to.equal(at(`${long}/other`, '/run/user/1000'));
    for (const runtime of [undefined, '', 'relative/folder', `/${'r'.repeat(100)}`]) {
      expect(at(long, runtime).startsWith(`${tmpdir()}/pyra-`)).to.equal(true);
      expect(at(long, runtime).length).to.be.at.most(100);
    }
  });
});
