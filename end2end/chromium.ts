// The system's Chromium, told to talk to nobody but the page's own server.
const args = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Letters are smoothed alike on every machine, so that pictures can be compared.
  '--disable-lcd-text',
  '--font-render-hinting=none',
];

// Chromium's sandbox refuses to run as root, and containers run as root.
if (process.getuid?.() === 0) args.push('--no-sandbox');

export const chromium = {
  browserName: 'chromium' as const,
  launchOptions: { executablePath: process.env.INTERLEAVE_CHROMIUM ?? '/usr/bin/chromium', args },
};
