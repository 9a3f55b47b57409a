// What went over the wire between a page and the server, counted as it happens.

export class Traffic {
  segments = 0;
  renewals = 0;
  /** When something of the viewing last came, in ms since the epoch. */
  lastSegmentAt = 0;
  lastMessageAt = 0;
  lastSegmentUrl = '';
  /** @type {string[]} */
  messages = [];

  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    page.on('response', (response) => this.#answered(response));
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => {
        this.lastMessageAt = Date.now();
        this.messages.push(String(payload));
      });
    });
  }

  #answered(response) {
    const url = response.url();
    if (response.status() === 200 && url.endsWith('.m4s')) {
      this.segments += 1;
      this.lastSegmentAt = beganToArrive(response);
      this.lastSegmentUrl = url;
    }
    if (response.status() === 204 && url.endsWith('/renew')) this.renewals += 1;
  }
}

/** By the browser's clock: on a busy machine we hear of an answer long after it came. */
export function beganToArrive(response) {
  const { startTime, responseStart } = response.request().timing();
  return startTime > 0 && responseStart >= 0 ? startTime + responseStart : Date.now();
}

/** Waits for what only time brings. */
export async function eventually(isSo, { withinMs, what }) {
  const until = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > until) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
