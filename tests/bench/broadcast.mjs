// The least that broadcasts with the npm package `ws`: whatever text comes goes to every socket. `scripts/bench fanout` puts the
// same crowd before it and before Quiora.
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]), backlog: 1024 }, () => console.log('listening'));
server.on('connection', (socket) => {
  socket.on('message', (data) => {
    for (const other of server.clients) if (other.readyState === other.OPEN) other.send(data, { binary: false });
  });
  socket.on('error', () => socket.terminate());
});
