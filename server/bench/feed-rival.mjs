// The rival: the `ws` package as its documents show it, one event to a frame, sent to each client in turn.
//
//   node feed-rival.mjs EVENTS.jsonl EVENTS_PER_SECOND     prints its port
import { readFileSync } from 'node:fs';
import { WebSocketServer } from 'ws';

const events = readFileSync(process.argv[2], 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const rate = Number(process.argv[3]);
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('listening', () => console.log(server.address().port));

// What is due by the clock is sent, so that a late timer does not lower the rate.
let began, sent = 0;
function tick() {
  const due = Math.floor(((performance.now() - began) / 1000) * rate);
  for (; sent < due; sent++) {
    const text = JSON.stringify({ ...events[sent % events.length], seq: sent + 1 });
    for (const client of server.clients) if (client.readyState === 1) client.send(text);
  }
}
process.on('SIGUSR2', () => {
  began = performance.now();
  setInterval(tick, 1);
});
