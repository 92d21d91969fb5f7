// The API as these tests use it: what the screen says is compared with what it answers.
import { expect, type APIRequestContext } from '@playwright/test';

export type Ruling = 'holds' | 'broken' | 'undecided';
export type Judgement = {
  invariant: string;
  ruling: Ruling;
  expected: string;
  found: string;
  count: number;
  evidence?: { seq: number; sentence: string }[];
};
export type Price = Record<string, number>;
export type Run = {
  id: string;
  state: 'queued' | 'running' | 'finished' | 'interrupted';
  spec: Record<string, unknown> & { strategy: string; seed: number };
  entries: number;
  verdict: { judgements: Judgement[]; price: Price } | null;
};
export type Entry = {
  seq: number;
  event: { type: string };
  sql?: { text: string; values?: unknown[] }[];
  wall_us?: number;
  raw?: unknown;
};
export type Story = {
  promise: { invariant: string; title: string; outcome: string; text: string }[];
  why: { kind: string; text: string; entries: number[]; about: string[] }[];
  next: { title: string; text: string; address: string }[];
};
export type Card = {
  name: string; title: string; idea: string; fails: string; source: string; scenarios: string[]; unused?: string[];
};
export type Word = { name: string; title: string };
export type Knob = {
  name: string; label: string; help: string; unit: string; min: number; max: number; default: number; words?: Word[];
};
export type Spec = Record<string, unknown> & { lab: string; strategy: string };
export type Scenario = { name: string; lab: string; title: string; knobs: Knob[]; invariants: string[]; classic: Spec; cure: string };
export type Lesson = {
  name: string; title: string; aim: string; lab: string; parts: { question: string; spec: Spec }[];
};
export type Catalog = {
  lessons: Lesson[];
  labs: { name: string; title: string; idea: string }[];
  scenarios: Scenario[];
  strategies: Card[];
  engines: { name: string; port: string; available: boolean }[];
};

/** The order in which two buyers read before either has written. */
export const BAD_LUCK = ['buyer-1/read#1', 'buyer-2/read#1', 'buyer-1/write#1', 'buyer-2/write#1'];
/** The classic failure, as fast as the engine answers. */
export const CLASSIC = spec('unprotected', { schedule: { kind: 'recorded', choices: BAD_LUCK } });

export function spec(strategy: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { lab: 'concurrency', scenario: 'stock', strategy, pace: 'instant', ...more };
}

export class Api {
  /** `server` is the address of another server than the worker's. */
  constructor(
    private readonly request: APIRequestContext,
    private readonly server = '',
  ) {}

  async catalog(): Promise<Catalog> {
    return (await this.get('catalog')).json();
  }

  async run(id: string): Promise<Run> {
    return (await this.get(`runs/${id}`)).json();
  }

  async story(id: string): Promise<Story> {
    return (await this.get(`runs/${id}/story`)).json();
  }

  async journal(id: string): Promise<Entry[]> {
    const text = await (await this.get(`runs/${id}/journal`)).text();
    return text.trim().split('\n').map((line) => JSON.parse(line) as Entry);
  }

  /** Starts a run and waits for its end. */
  async finished(spec: Record<string, unknown>): Promise<Run> {
    const answer = await this.request.post(`${this.server}/api/v1/runs`, { data: spec });
    expect(answer.status(), await answer.text()).toBeLessThan(300);
    const { id } = (await answer.json()) as Run;
    await expect.poll(async () => (await this.run(id)).state, { message: `run ${id} ends` }).toBe('finished');
    return this.run(id);
  }

  private async get(path: string) {
    const answer = await this.request.get(`${this.server}/api/v1/${path}`);
    expect(answer.status(), `GET ${path}: ${await answer.text()}`).toBe(200);
    return answer;
  }
}

/** Entries without what two runs need not share. */
export function decisions(entries: Entry[]): Entry[] {
  return entries.map(({ wall_us: _wall, raw: _raw, ...rest }) => rest);
}
