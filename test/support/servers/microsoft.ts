import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Provider } from 'oidc-provider';
import { Agent } from 'undici';
import { removeFolder } from '../temporary-folder.js';
import { Browser } from './browser.js';
import { makeCertificate } from './certificate.js';
import { freePorts, serverFolder } from './test-server.js';

const CLIENT_ID = '11111111-2222-3333-4444-555555555555';
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
const MOUNT = '/consumers/v2.0';

/** A server that people sign in at, in the shape of Microsoft's: a certified authorization server with the device code flow. */
export interface Microsoft {
  /** What an account answers to `authority` and `client_id`. */
  readonly settings: { readonly authority: string; readonly client_id: string };
  /** The certificate of its authority, as a PEM file. */
  readonly ca: string;
  /** Where a mail server asks whether a token is good (RFC 7662). */
  readonly introspection: string;
  /** What a person does in a browser who was given a code. */
  approve(userCode: string): Promise<string>;
  deny(userCode: string): Promise<string>;
  /** Takes back every sign-in, as a changed password does. */
  revoke(): Promise<void>;
  /** The requests that came, such as `POST /consumers/oauth2/v2.0/token`. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/** Starts such a server for one mailbox; a token is good for `accessSeconds`. */
export async function startMicrosoft(email: string, accessSeconds = 3600): Promise<Microsoft> {
  const loud = hush();
  // Loaded here, since it has something to say when it is.
  const { Provider } = await import('oidc-provider');
  const folder = serverFolder();
  const { ca, certificate, key } = await makeCertificate(folder);
  const [port = 0] = await freePorts(1);
  const origin = `https://localhost:${port}`;
  const provider = new Provider(origin + MOUNT, configuration(email, accessSeconds));
  const grants = new Set<string>();
  provider.on('refresh_token.saved', ({ grantId }) => grants.add(grantId));
  const requests: string[] = [];
  const answer = provider.callback();
  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
    requests.push(`${request.method} ${request.url?.split('?')[0]}`);
    void likeMicrosoft(request, response, answer);
  });
  const introspection = createHttpServer((request, response) => void introspect(request, response, provider, email));
  await listen(server as unknown as Server, port);
  await listen(introspection, 0);
  const dispatcher = new Agent({ connect: { ca: readFileSync(ca, 'utf8') } });
  return {
    settings: { authority: `${origin}/consumers`, client_id: CLIENT_ID },
    ca,
    introspection: `http://127.0.0.1:${(introspection.address() as AddressInfo).port}/introspect`,
    approve: (code) => new Browser(dispatcher).enterCode(`${origin}${MOUNT}/device`, code, true),
    deny: (code) => new Browser(dispatcher).enterCode(`${origin}${MOUNT}/device`, code, false),
    async revoke() {
      for (const grant of grants) await provider.RefreshToken.revokeByGrantId(grant);
    },
    requests,
    async stop() {
      await dispatcher.destroy();
      for (const one of [server, introspection]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
      removeFolder(folder);
      loud();
    },
  };
}

/** Keeps what oidc-provider says about not being set up for production out of the output of the tests; gives what ends that. */
function hush(): () => void {
  const { info, warn } = console;
  const quiet =
    (say: typeof info): typeof info =>
    (...parts) => {
      if (!String(parts[0]).includes('oidc-provider')) say(...parts);
    };
  console.info = quiet(info);
  console.warn = quiet(warn);
  return () => Object.assign(console, { info, warn });
}

function configuration(email: string, accessSeconds: number): object {
  const claims = {
    email,
    preferred_username: email,
    name: 'Pyra',
    tid: '9188040d-6c67-4c5b-b112-36a304b66dad',
    oid: '00000000-0000-0000-0000-000000000001',
    ver: '2.0',
  };
  const mail = ['https://outlook.office.com/IMAP.AccessAsUser.All', 'https://outlook.office.com/SMTP.Send'];
  return {
    clients: [
      {
        client_id: CLIENT_ID,
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        grant_types: ['refresh_token', DEVICE_CODE],
        redirect_uris: [],
        response_types: [],
      },
    ],
    features: { deviceFlow: { enabled: true, mask: '****-****' }, devInteractions: { enabled: true } },
    routes: {
      device_authorization: '/oauth2/v2.0/devicecode',
      token: '/oauth2/v2.0/token',
      authorization: '/oauth2/v2.0/authorize',
      code_verification: '/device',
    },
    scopes: ['openid', 'offline_access', 'profile', 'email', ...mail],
    claims: { openid: ['sub', 'tid', 'oid', 'ver'], profile: ['name', 'preferred_username'], email: ['email'] },
    conformIdTokenClaims: false,
    ttl: {
      AccessToken: accessSeconds,
      DeviceCode: 600,
      RefreshToken: 86_400,
      IdToken: 3600,
      Grant: 86_400,
      Interaction: 600,
      Session: 86_400,
    },
    findAccount: async (_: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id, ...claims }) }),
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    cookies: { keys: ['test'] },
  };
}

/** Answers as Microsoft does where the standard and Microsoft differ: the path, the name of the grant, an interval and a message with the code. */
async function likeMicrosoft(
  request: IncomingMessage & { originalUrl?: string; body?: object },
  response: ServerResponse,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<void> {
  const path = request.url ?? '';
  if (!path.startsWith(MOUNT)) {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not_found"}');
    return;
  }
  request.originalUrl = path;
  request.url = path.slice(MOUNT.length) || '/';
  const end = request.url.split('?')[0] ?? '';
  if (request.method === 'POST' && end.endsWith('/token')) {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    request.body = { ...form, ...(form.grant_type === 'device_code' ? { grant_type: DEVICE_CODE } : {}) };
  }
  if (request.method === 'POST' && end.endsWith('/devicecode')) addInterval(response);
  await answer(request, response);
}

function addInterval(response: ServerResponse): void {
  const end = response.end.bind(response) as (chunk: Buffer) => ServerResponse;
  response.end = ((chunk: Buffer | string): ServerResponse => {
    const said = JSON.parse(String(chunk)) as { readonly user_code?: string; readonly verification_uri?: string };
    if (said.user_code === undefined) return end(Buffer.from(chunk));
    const whole = { ...said, interval: 1, message: `open ${said.verification_uri} and enter ${said.user_code}` };
    const bytes = Buffer.from(JSON.stringify(whole));
    response.setHeader('content-length', bytes.length);
    return end(bytes);
  }) as ServerResponse['end'];
}

async function introspect(request: IncomingMessage, response: ServerResponse, provider: Provider, email: string): Promise<void> {
  const token = new URLSearchParams(await text(request)).get('token');
  const found = token === null ? undefined : await provider.AccessToken.find(token);
  const active = found !== undefined && !found.isExpired;
  const said = active ? { active, username: email, sub: found.accountId, scope: found.scope, exp: found.exp } : { active };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said));
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
