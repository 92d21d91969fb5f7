// What no page may do: complain in the console, throw, or ask another machine for anything.
import { expect, type Page } from '@playwright/test';

export class Watch {
  private readonly found: string[] = [];
  private readonly allowed: RegExp[] = [];

  constructor(
    page: Page,
    private readonly host: string,
  ) {
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.found.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on('pageerror', (error) => this.found.push(`page error: ${error.message}`));
    page.on('crash', () => this.found.push('the page crashed'));
    page.on('request', (request) => this.address(request.url()));
    page.on('websocket', (socket) => this.address(socket.url()));
  }

  /** A test that breaks something on purpose names the complaint that belongs to it. */
  allow(complaint: RegExp): void {
    this.allowed.push(complaint);
  }

  check(): void {
    const faults = this.found.filter((line) => !this.allowed.some((allowed) => allowed.test(line)));
    expect(faults, 'the page has nothing to complain about, and talks to its own server alone').toEqual([]);
  }

  private address(url: string): void {
    const { protocol, host } = new URL(url);
    const isLocal = protocol === 'data:' || protocol === 'blob:' || protocol === 'about:';
    if (!isLocal && host !== this.host) this.found.push(`foreign request: ${url}`);
  }
}
