// Loaded before a server that listens on a fixed port of every interface: makes it listen on loopback, at the port of PYRA_TEST_PORT.
import { Server } from 'node:net';

const { listen } = Server.prototype;
Server.prototype.listen = function (...given) {
  const done = given.findLast((one) => typeof one === 'function');
  return listen.call(this, { host: '127.0.0.1', port: Number(process.env.PYRA_TEST_PORT) }, ...(done === undefined ? [] : [done]));
};
