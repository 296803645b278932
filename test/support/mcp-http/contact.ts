import { connectedClient } from './connected-client.js';

// Makes a connection with the token CANARY, prints the tools, and with `stay` ends nothing: the process has to end all the same.
const [url = '', stay] = process.argv.slice(2);
try {
  const headers = { Authorization: { text: 'Bearer ', secret: 'web' as never } };
  const { client, connection } = await connectedClient(url, { headers, secrets: { web: 'CANARY-0123456789' }, environment: process.env });
  const { tools } = await client.listTools();
  console.log(tools.map(({ name }) => name).join());
  if (stay === undefined) await connection.close();
  else await new Promise((resolve) => setTimeout(resolve, 200));
} catch (error) {
  console.log(String(error));
}
