import { connectedClient } from './connected-client.js';

// Makes a connection, prints the tools, and with `stay` ends nothing: the process has to end all the same.
const [url = '', stay] = process.argv.slice(2);
try {
  const { client, connection } = await connectedClient(url);
  const { tools } = await client.listTools();
  console.log(tools.map(({ name }) => name).join());
  if (stay === undefined) await connection.close();
  else await new Promise((resolve) => setTimeout(resolve, 200));
} catch (error) {
  console.log(String(error));
}
