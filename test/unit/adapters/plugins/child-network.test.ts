import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { ChildLauncher } from '../../../../src/adapters/plugins/child-launcher.js';
import type { EgressBrokerParts } from '../../../../src/adapters/plugins/egress-broker.js';
import type { PluginAnswers, PluginSettings } from '../../../../src/core/domain/plugin.js';
import { MAIN_ACCOUNT } from '../../../../src/core/domain/plugin-manifest.js';
import { networkedScript } from '../../../support/networked-script.js';
import { printed, scriptRequest } from '../../../support/sandboxed-script.js';
import { removeFolder, temporaryFolder } from '../../../support/temporary-folder.js';

const settingsOf = (answers: PluginAnswers): PluginSettings => ({ [MAIN_ACCOUNT]: answers });

describe('the network of a plugin', () => {
  let root: string;
  const servers: Server[] = [];
  const refusals: string[] = [];

  beforeEach(() => {
    root = temporaryFolder();
    refusals.length = 0;
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
    removeFolder(root);
  });

  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as { readonly port: number }).port;
  };

  /** Runs a script with `{settings.host}:{settings.port}` allowed; gives the values that it printed. */
  const run = async (script: string, port: number, resolve?: EgressBrokerParts['resolve']): Promise<readonly unknown[]> => {
    const launcher = new ChildLauncher({ home: root, ...(resolve && { resolve }) });
    const request = scriptRequest(root, await networkedScript(script), { net: ['{settings.host}:{settings.port}'] });
    const child = await launcher.launch({
      ...request,
      settings: settingsOf({ host: 'server.test', port }),
      refused: (_id: number, why: string) => void refusals.push(why),
    });
    return (await printed(child))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const local: EgressBrokerParts['resolve'] = async () => [{ address: '127.0.0.1', family: 4 }];

  it('carries a connection to a host that is allowed, both ways, to its end', async () => {
    const port = await listen(createServer((socket: Socket) => socket.on('data', (data) => socket.end(`you said ${data}`))));
    const answers = await run(
      `const socket = require('node:net').connect(${port}, 'server.test');
       socket.on('connect', () => { print([socket.readyState, socket.pending, socket.remoteAddress, socket.remotePort]); socket.write('hello'); });
       let text = '';
       socket.on('data', (data) => { text += data; });
       await new Promise((resolve, reject) => socket.on('close', resolve).on('error', reject));
       print(text);`,
      port,
      local,
    );
    expect(answers).to.deep.equal([['open', false, '127.0.0.1', port], 'you said hello']);
  });

  it('lets fetch and http work, and refuses what is not allowed with words', async () => {
    const port = await listen(createHttpServer((request, response) => response.end(`GET ${request.url}`)));
    const answers = await run(
      `print(await (await fetch('http://server.test:${port}/one')).text());
       print(await fetch('http://evil.example.test:443/').then(() => 'connected', told));
       print(await fetch('http://server.test:8081/').then(() => 'connected', told));
       print(await new Promise((resolve) => require('node:http').get('http://169.254.169.254/').on('error', (error) => resolve(told(error)))));`,
      port,
      local,
    );
    const refused = (place: string) => ({ code: 'EACCES', message: `egress refused: ${place} is not in this plugin's allow list` });
    expect(answers).to.deep.equal([
      'GET /one',
      refused('evil.example.test:443'),
      refused('server.test:8081'),
      refused('169.254.169.254:80'),
    ]);
    expect(refusals).to.have.length(3);
  });
});
