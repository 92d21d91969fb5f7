// The price's figures as the page should write them, worked out from the API's numbers.
import type { Price } from './api.js';

/** Figures that say nothing where nobody sends messages, and are not shown there. */
const OF_MESSAGES = [
  'published',
  'deliveries',
  'redeliveries',
  'crashes',
  'calls',
  'remembered',
  'forgotten',
  'outbox_peak',
  'outbox_wait_us',
  'outbox_drain_per_second',
];

/** Field and words, for every figure in the price panel of a run without messages. */
export function figures(price: Price): [string, string][] {
  const shown = Object.entries(price).filter(([field]) => !OF_MESSAGES.includes(field));
  return shown.map(([field, value]) => [field, words(field, value)]);
}

function words(field: string, value: number): string {
  if (field === 'operations_per_second') return `${value.toFixed(1)} operations/s`;
  return field.endsWith('_us') ? duration(value) : String(value);
}

function duration(us: number): string {
  if (us < 1_000) return `${us} \u{b5}s`;
  if (us < 10_000) return `${(us / 1e3).toFixed(1)} ms`;
  return us < 1_000_000 ? `${Math.trunc(us / 1_000)} ms` : `${(us / 1e6).toFixed(1)} s`;
}
