// The real server, one for each worker: a process on a port of its own, with journals in a folder of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const START_MS_MAX = 20_000;
const STOP_MS_MAX = 12_000;

export class Server {
  private constructor(
    readonly url: string,
    private readonly data: string,
    private readonly process: ChildProcess,
    private readonly said: string[],
  ) {}

  static async start(): Promise<Server> {
    return Server.on('127.0.0.1:0', await mkdtemp(join(tmpdir(), 'interleave-end2end-')));
  }

  /** What went wrong inside it, so far: a page may look fine while a task has died. */
  get panics(): string[] {
    return this.said.filter((line) => /panicked at/.test(line));
  }

  /** Stops this server, and starts another on the same port and the same journals. */
  async restart(): Promise<Server> {
    await this.halt();
    return Server.on(this.host, this.data);
  }

  get host(): string {
    return new URL(this.url).host;
  }

  /** Stops the process, and leaves its journals where they are. */
  async halt(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    const kill = setTimeout(() => this.process.kill('SIGKILL'), STOP_MS_MAX);
    const [code] = await ended;
    clearTimeout(kill);
    if (code !== 0) throw new Error(`the server ended with ${code}, not with 0:\n${this.said.join('\n')}`);
  }

  /** Stops the process and removes its journals. */
  async stop(): Promise<void> {
    try {
      await this.halt();
    } finally {
      await rm(this.data, { recursive: true, force: true });
    }
  }

  private static async on(listen: string, data: string): Promise<Server> {
    const engine = `postgres=${told('INTERLEAVE_TEST_POSTGRES')}`;
    const flags = ['serve', '--listen', listen, '--data', data, '--engine', engine];
    const child = spawn(told('INTERLEAVE_BIN'), flags, { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
    const url = await address(child, said);
    return new Server(url, data, child, said);
  }
}

function told(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these tests with \`./dev test browser\``);
  return value;
}

/** The address that the server prints once it listens. */
function address(child: ChildProcess, said: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      child.kill('SIGKILL');
      reject(new Error(`the server did not start: ${why}\n${said.join('\n')}`));
    };
    const late = setTimeout(() => fail(`no address within ${START_MS_MAX} ms`), START_MS_MAX);
    child.once('error', (error) => fail(String(error)));
    child.once('exit', (code) => fail(`it ended with ${code}`));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      said.push(line);
      const found = /^Interleave listens on (http:\/\/\S+)$/.exec(line)?.[1];
      if (found === undefined) return;
      clearTimeout(late);
      child.removeAllListeners('exit');
      resolve(found);
    });
  });
}
