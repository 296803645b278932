import { readFileSync } from 'node:fs';
import { createServer as createPlainServer, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { removeFolder } from '../temporary-folder.js';
import { makeCertificate } from './certificate.js';
import type { SmtpServer } from './smtp-account.js';
import { serverFolder } from './test-server.js';

/** What a scripted server does when the named moment comes: it answers so, says nothing any more, or cuts the connection. */
export type ScriptedStep = { readonly answer: string } | 'silence' | 'cut';

/** The moments of a conversation, by the command; `MESSAGE` is after the dot that ends the message, `HALF` is in its middle. */
export type ScriptedMoment = 'GREETING' | 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'HALF' | 'MESSAGE';

/** A server of one test that misbehaves at one moment, as real ones do now and then, and is polite otherwise. */
export interface ScriptedSmtp extends SmtpServer {
  /** Every line that it was told, passwords and messages too. */
  readonly lines: readonly string[];
  /** How many messages it has got to their end. */
  messages(): number;
  stop(): Promise<void>;
}

const POLITE: Readonly<Record<ScriptedMoment, string>> = {
  GREETING: '220 scripted ESMTP',
  EHLO: '250-scripted\r\n250-AUTH PLAIN\r\n250 8BITMIME',
  AUTH: '235 2.7.0 welcome',
  MAIL: '250 2.1.0 ok',
  RCPT: '250 2.1.5 ok',
  DATA: '354 go on',
  HALF: '',
  MESSAGE: '250 2.0.0 taken',
};

/** Starts a server that follows a script: SMTP over TLS, or in the clear and without STARTTLS. */
export async function startScriptedSmtp(
  script: Partial<Record<ScriptedMoment, ScriptedStep>>,
  way: 'tls' | 'clear' = 'tls',
): Promise<ScriptedSmtp> {
  const folder = serverFolder();
  const { ca, certificate, key } = await makeCertificate(folder);
  const lines: string[] = [];
  const open = new Set<Socket>();
  let messages = 0;
  const welcome = (socket: Socket): void => {
    open.add(socket);
    socket.once('close', () => open.delete(socket)).on('error', () => undefined);
    converse(socket, script, lines, () => messages++);
  };
  const tls = { cert: readFileSync(certificate), key: readFileSync(key) };
  const server = way === 'tls' ? createServer(tls, welcome) : createPlainServer(welcome);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    host: '127.0.0.1',
    port,
    tlsPort: port,
    ca,
    lines,
    messages: () => messages,
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      removeFolder(folder);
    },
  };
}

function converse(socket: Socket, script: Partial<Record<ScriptedMoment, ScriptedStep>>, lines: string[], finished: () => void): void {
  let inMessage = false;
  let rest = '';
  const at = (moment: ScriptedMoment): void => {
    const step = script[moment] ?? { answer: POLITE[moment] };
    if (step === 'cut') socket.destroy();
    else if (step !== 'silence' && step.answer !== '') socket.write(`${step.answer}\r\n`);
  };
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\r\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      if (socket.destroyed) return;
      lines.push(line);
      if (inMessage) {
        if (line === '') at('HALF');
        if (line !== '.') continue;
        inMessage = false;
        finished();
        at('MESSAGE');
        continue;
      }
      const command = /^[A-Z]+/i.exec(line)?.[0].toUpperCase() ?? '';
      if (command === 'QUIT') socket.end('221 bye\r\n');
      else if (command in POLITE) at(command as ScriptedMoment);
      else socket.write('500 what?\r\n');
      const step = script.DATA;
      if (command === 'DATA' && (step === undefined || (typeof step === 'object' && step.answer.startsWith('354')))) inMessage = true;
    }
  });
  at('GREETING');
}
