// Both servers in turn, a hundred clients, and the processor time that each delivery took; see feed.sh.
//
// A delivery is one entry that reached one client. Processor time is the whole process's, as the kernel accounts it in
// nanoseconds. Ours is told twice: with everything that the server does (the run, its engine, its journal), and without
// what the same run costs when nobody watches.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const [program, folder, rounds] = process.argv.slice(2);
const CLIENTS = 100;
const SECONDS = 6;
// A busy run: sixteen buyers who think, so that entries come all the time, at about two thousand a second.
const BUSY = {
  strategy: 'optimistic',
  pace: 'instant',
  retry: { policy: 'fixed', base_ms: 20, attempts_max: 100 },
  workload: { buyers: 16, purchases: 1000, products: 100, quantity: 1000000, think_ms: 16 },
};
// A quiet one: a move each quarter of a second, so that an entry comes alone and is sent alone.
const QUIET = { strategy: 'optimistic', pace: 'brisk', schedule: { kind: 'seeded' }, workload: { buyers: 8, purchases: 200, quantity: 100000 } };
const QUIET_RUNS = 4;

/** Nanoseconds of processor time that a process has had, all threads together. */
function spent(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, id) => sum + Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]), 0);
}
const resident = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

/** A client that reads frames and remembers what came: as little work as can be, so that it does not set the pace. */
class Client {
  seq = 0;
  frames = 0;
  over = false;
  lags = [];
  #rest = Buffer.alloc(0);

  static async open(port, path) {
    const client = new Client();
    client.socket = connect(port, '127.0.0.1');
    client.socket.on('error', () => (client.over = true));
    await once(client.socket, 'connect');
    client.socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n');
    const opened = new Promise((resolve, reject) => (client.opened = resolve, client.refused = reject));
    client.socket.on('data', (bytes) => client.#take(bytes));
    await opened;
    return client;
  }

  #take(bytes) {
    let data = this.#rest.length ? Buffer.concat([this.#rest, bytes]) : bytes;
    if (this.opened) {
      const end = data.indexOf('\r\n\r\n');
      if (end < 0) return void (this.#rest = data);
      if (!data.subarray(0, 12).toString().endsWith('101')) return this.refused(new Error(data.toString()));
      data = data.subarray(end + 4);
      this.opened();
      this.opened = undefined;
    }
    while (data.length >= 2) {
      const short = data[1] & 127;
      const head = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (data.length < head) break;
      const size = short === 127 ? Number(data.readBigUInt64BE(2)) : short === 126 ? data.readUInt16BE(2) : short;
      if (data.length < head + size) break;
      this.#frame(data[0] & 15, data.subarray(head, head + size));
      data = data.subarray(head + size);
    }
    this.#rest = data;
  }

  #frame(kind, payload) {
    if (kind === 8) this.over = true;
    if (kind !== 1) return;
    this.frames++;
    // The last entry of a frame says how far the client is; rivals' events begin with their own field.
    const at = payload.lastIndexOf('"at_us":');
    if (at < 0) return;
    const near = payload.subarray(Math.max(0, at - 30), at + 80).toString();
    this.seq = Number(/"seq":(\d+)/.exec(near)?.[1] ?? /"seq":(\d+)\}$/.exec(payload.subarray(-30).toString())?.[1] ?? this.seq);
    const wall = /"wall_us":(\d+)/.exec(near)?.[1];
    if (wall) this.lags.push(performance.now() - Number(wall) / 1000);
  }
}

const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
const open = (count, port, path) => Promise.all(Array.from({ length: count }, () => Client.open(port, path)));

/** Our server, and a way to start runs on it. */
async function ours() {
  const data = mkdtempSync(`${folder}/data-`);
  const child = spawn(program, ['serve', '--listen', '127.0.0.1:0', '--data', data], { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^Interleave listens on (http:\/\/\S+)$/.exec(line)?.[1];
    if (url) return { child, url, port: Number(new URL(url).port) };
  }
  throw new Error('our server did not start');
}

async function start({ url }, spec) {
  const answer = await fetch(`${url}/api/v1/runs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(spec) });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).id;
}

/** Watches runs for a while. Deliveries and frames to the clients that read, and the processor time in microseconds. */
async function watched(server, specs, clients, stopped = 0) {
  const ids = await Promise.all(specs.map((spec) => start(server, spec)));
  const path = (id) => `/api/v1/runs/${id}/feed`;
  const watching = (await Promise.all(ids.map((id) => open(clients, server.port, path(id))))).flat();
  for (const idler of await open(stopped, server.port, path(ids[0]))) idler.socket.pause();
  await sleep(1000);
  const before = { cpu: spent(server.child.pid), seqs: sum(watching.map((one) => one.seq)), frames: sum(watching.map((one) => one.frames)) };
  watching.forEach((one) => (one.lags.length = 0));
  await sleep(SECONDS * 1000);
  const entries = await Promise.all(ids.map(async (id) => (await (await fetch(`${server.url}/api/v1/runs/${id}`)).json()).entries));
  const result = {
    us: (spent(server.child.pid) - before.cpu) / 1000,
    deliveries: sum(watching.map((one) => one.seq)) - before.seqs,
    frames: sum(watching.map((one) => one.frames)) - before.frames,
    behind: watching.length ? Math.max(...entries) - Math.min(...watching.map((one) => one.seq)) : 0,
    rss: resident(server.child.pid),
    lag: lag(watching),
  };
  watching.forEach((one) => one.socket.destroy());
  for (const id of ids) await fetch(`${server.url}/api/v1/runs/${id}/cancel`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  return result;
}

/** How late entries came beyond the earliest of all, in milliseconds: half of the frames, and 99 of 100. */
function lag(clients) {
  const all = clients.flatMap((one) => one.lags).sort((a, b) => a - b);
  if (!all.length) return { p50: 0, p99: 0 };
  return { p50: all[Math.floor(all.length * 0.5)] - all[0], p99: all[Math.floor(all.length * 0.99)] - all[0] };
}

async function theirs(rate) {
  const child = spawn('node', [`${folder}/feed-rival.mjs`, `${folder}/events.jsonl`, String(rate)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const clients = await open(CLIENTS, Number(line), '/');
  child.kill('SIGUSR2');
  await sleep(1000);
  const before = { cpu: spent(child.pid), frames: sum(clients.map((one) => one.frames)) };
  await sleep(SECONDS * 1000);
  const result = { us: (spent(child.pid) - before.cpu) / 1000, frames: sum(clients.map((one) => one.frames)) - before.frames };
  clients.forEach((one) => one.socket.destroy());
  child.kill();
  await once(child, 'exit');
  return result;
}

/** Entries as they stand in a journal of ours, for the rival to send. */
async function sample(server) {
  const id = await start(server, { ...BUSY, workload: { ...BUSY.workload, purchases: 5 } });
  while ((await (await fetch(`${server.url}/api/v1/runs/${id}`)).json()).state !== 'finished') await sleep(100);
  const lines = (await (await fetch(`${server.url}/api/v1/runs/${id}/journal`)).text()).trim().split('\n');
  const entries = lines.filter((line) => JSON.parse(line).operation);
  writeFileSync(`${folder}/events.jsonl`, entries.join('\n'));
  return sum(entries.map((line) => line.length)) / entries.length;
}

const server = await ours();
console.log(`events of ${(await sample(server)).toFixed(0)} bytes, ${CLIENTS} clients; microseconds of processor time for each delivery`);
const cell = (number, width = 8, digits = 2) => number.toFixed(digits).padStart(width);
for (let round = 1; round <= rounds; round++) {
  const alone = await watched(server, [BUSY], 0);
  const busy = await watched(server, [BUSY], CLIENTS);
  const rate = busy.deliveries / CLIENTS / SECONDS;
  const rival = await theirs(Math.min(rate, 600));
  const stalled = await watched(server, [BUSY], CLIENTS, 10);
  const quiet = await watched(server, Array(QUIET_RUNS).fill(QUIET), CLIENTS);
  const quietAlone = await watched(server, Array(QUIET_RUNS).fill(QUIET), 0);
  const quietRival = await theirs(quiet.frames / CLIENTS / SECONDS);
  const all = busy.us / busy.deliveries, feed = (busy.us - alone.us) / busy.deliveries, ws = rival.us / rival.frames;
  const single = (quiet.us - quietAlone.us) / quiet.frames, wsQuiet = quietRival.us / quietRival.frames;
  console.log(`round ${round}: ${rate.toFixed(0)} entries/s, ${(busy.deliveries / busy.frames).toFixed(0)} to a frame
  batched: ours with everything ${cell(all)}, the feed alone ${cell(feed)}, ws ${cell(ws)}; ratio ${cell(all / ws)} and ${cell(feed / ws)}; deliveries for a second of processor time ${cell(ws / all, 6, 1)}x and ${cell(ws / feed, 6, 1)}x
  alone in a frame: ours ${cell(single)} (${(quiet.deliveries / quiet.frames).toFixed(1)} entries), ws ${cell(wsQuiet)}; ratio ${cell(single / wsQuiet)}
  10 clients that do not read: ${cell(stalled.us / stalled.deliveries / all)}x the cost of a delivery to the others, p99 lag ${cell(busy.lag.p99, 5, 0)} -> ${cell(stalled.lag.p99, 5, 0)} ms, memory ${cell(busy.rss, 5, 1)} -> ${cell(stalled.rss, 5, 1)} MB`);
}
server.child.kill();
await once(server.child, 'exit');
