import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from './certificate.js';
import type { SmtpServer } from './smtp-account.js';
import { freePorts, giveToServer, serverFolder, startServer } from './test-server.js';

/** The Python of the system; others lack aiosmtpd. */
export const PYTHON = '/usr/bin/python3';

/** Where Debian puts aiosmtpd. */
export const AIOSMTPD = '/usr/lib/python3/dist-packages/aiosmtpd';

/** An aiosmtpd of one test: SMTP as Postfix speaks it, without root, for one person who signs in with a password. */
export interface Aiosmtpd extends SmtpServer {
  readonly user: string;
  readonly password: string;
  /** What it took, each with `X-Envelope-From` and `X-Envelope-To` on top. */
  taken(): readonly string[];
  stop(): Promise<void>;
}

/** The program: two listeners, and every message in a file. */
const PROGRAM = `
import asyncio, os, signal, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

folder, port, tls_port, user, password, certificate, key = sys.argv[1:]

def check(server, session, envelope, mechanism, data):
    right = data.login.decode() == user and data.password.decode() == password
    return AuthResult(success=True, auth_data=user) if right else AuthResult(success=False, handled=False)

class Handler:
    count = 0
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"
    async def handle_DATA(self, server, session, envelope):
        Handler.count += 1
        path = os.path.join(folder, "taken", "%06d" % Handler.count)
        head = "X-Envelope-From: %s\\r\\nX-Envelope-To: %s\\r\\n" % (envelope.mail_from, ", ".join(envelope.rcpt_tos))
        with open(path + ".part", "wb") as file:
            file.write(head.encode() + envelope.content)
        os.rename(path + ".part", path)
        return "250 2.0.0 Ok: queued as %06d" % Handler.count

async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    def make(tls):
        return lambda: SMTP(Handler(), auth_required=True, require_starttls=not tls, tls_context=None if tls else context,
            auth_require_tls=not tls, authenticator=check, data_size_limit=26214400, hostname="mail.example.test", ident="ESMTP", loop=loop)
    servers = [await loop.create_server(make(False), "127.0.0.1", int(port)), await loop.create_server(make(True), "127.0.0.1", int(tls_port), ssl=context)]
    over = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    await over.wait()
    for server in servers:
        server.close()

asyncio.run(main())
`;

/** Starts an aiosmtpd with STARTTLS and TLS. */
export async function startAiosmtpd(user = 'pyra@example.test', password = 'pyra-pass-1234'): Promise<Aiosmtpd> {
  const folder = serverFolder();
  const [port = 0, tlsPort = 0] = await freePorts(2);
  const { ca, certificate, key } = await makeCertificate(folder);
  const taken = join(folder, 'taken');
  mkdirSync(taken);
  const program = join(folder, 'server.py');
  writeFileSync(program, PROGRAM);
  giveToServer(folder);
  const args = [program, folder, String(port), String(tlsPort), user, password, certificate, key];
  const server = await startServer({ program: PYTHON, args, folder, healthy: tlsPort });
  return {
    host: '127.0.0.1',
    port,
    tlsPort,
    ca,
    user,
    password,
    taken: () =>
      readdirSync(taken)
        .filter((name) => !name.endsWith('.part'))
        .sort()
        .map((name) => readFileSync(join(taken, name), 'utf8')),
    stop: () => server.stop(),
  };
}
