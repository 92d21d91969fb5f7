// The lab as a visitor sees it, and the tests' own `test`: a server for each worker, a watched page for each test.
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { Api, type Run } from './api.js';
import { Server } from './server.js';
import { Watch } from './watch.js';

export { expect };

/** The workbench's address of the classic failure, as fast as the engine answers. */
export const CLASSIC_ADDRESS = workbench({
  strategy: 'unprotected',
  schedule: 'recorded',
  choices: 'buyer-1/read#1,buyer-2/read#1,buyer-1/write#1,buyer-2/write#1',
});

/** An address of the workbench. */
export function workbench(query: Record<string, string | number> = {}): string {
  const all = Object.entries({ scenario: 'stock', pace: 'instant', ...query });
  return `/labs/concurrency?${all.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`;
}

export class Lab {
  constructor(
    readonly page: Page,
    readonly api: Api,
    readonly watch: Watch,
  ) {}

  at(testid: string): Locator {
    return this.page.getByTestId(testid);
  }

  /** Opens a page of ours and waits until its scripts run. */
  async open(path: string): Promise<void> {
    await this.page.goto(path);
    await this.isAwake();
  }

  async isAwake(): Promise<void> {
    await expect(this.page.locator('body')).toHaveAttribute('data-hydrated', 'true');
  }

  /** What carries `data-run-state`. */
  get state(): Locator {
    return this.page.locator('[data-run-state]');
  }

  /** Waits for the end of the run on the screen, and answers with it. */
  async ends(timeout = 15_000): Promise<Run> {
    await expect(this.state).toHaveAttribute('data-run-state', 'finished', { timeout });
    await expect(this.at('connection')).toHaveAttribute('data-state', 'over');
    return this.api.run(this.runId());
  }

  /** Presses Run and waits for the end. */
  async run(): Promise<Run> {
    return this.another(() => this.at('run').click());
  }

  /** Does what starts a run, and waits for its end. Another run may stand finished on the screen, so the address
   * tells when the new one has taken its place. */
  async another(start: () => Promise<void>, timeout?: number): Promise<Run> {
    const before = this.idInAddress();
    await start();
    await expect.poll(() => this.idInAddress(), { message: 'the address names a new run' }).not.toBe(before);
    return this.ends(timeout);
  }

  /** Opens the classic failure on the workbench and runs it. */
  async breaks(): Promise<Run> {
    await this.open(CLASSIC_ADDRESS);
    return this.run();
  }

  /** The id of the run on the screen, from the address. */
  runId(): string {
    const id = this.idInAddress();
    expect(id, `the address names the run: ${this.page.url()}`).not.toBeNull();
    return id!;
  }

  judgement(invariant: string): Locator {
    return this.at(`judgement-${invariant}`);
  }

  async rules(invariant: string, ruling: string): Promise<void> {
    await expect(this.judgement(invariant)).toHaveAttribute('data-ruling', ruling);
  }

  /** The rows of the list of entries. */
  get rows(): Locator {
    return this.at('entries').locator('[data-testid^="entry-"]');
  }

  /** How many entries the scrubber shows, and how many there are. */
  async shows(shown: number, count: number): Promise<void> {
    await expect(this.at('scrubber')).toHaveJSProperty('value', String(shown));
    await expect(this.at('scrubber')).toHaveJSProperty('max', String(count));
    await expect(this.rows).toHaveCount(Math.min(shown, 100));
  }

  private idInAddress(): string | null {
    const url = new URL(this.page.url());
    return url.searchParams.get('run') ?? /^\/runs\/([^/]+)$/.exec(url.pathname)?.[1] ?? null;
  }
}

type Fixtures = { api: Api; lab: Lab };

export const test = base.extend<Fixtures, { server: Server }>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  api: async ({ request }, use) => use(new Api(request)),
  lab: async ({ page, api, server, javaScriptEnabled }, use) => {
    const watch = new Watch(page, server.host);
    // Without scripts a page does not use what it loads ahead for those who have them.
    if (!javaScriptEnabled) watch.allow(/was preloaded using link preload but not used/);
    const panics = server.panics.length;
    await use(new Lab(page, api, watch));
    watch.check();
    expect(server.panics.slice(panics), 'the server does not panic').toEqual([]);
  },
});
