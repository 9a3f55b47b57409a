// The server's own list of routes, read from its one page, so that a new route cannot be forgotten here.
import { readFileSync } from 'node:fs';

const source = readFileSync(new URL('../../crates/server/src/router.rs', import.meta.url), 'utf8');
const ROUTE = /\.(get|post|put|patch|delete|head|options)\(\s*"([^"]+)",\s*(Open|Decides|Ticket)/g;

/** @type {{ method: string, path: string, guard: 'Open' | 'Decides' | 'Ticket' }[]} */
export const routes = [...source.matchAll(ROUTE)].map(([, method, path, guard]) => ({ method: method.toUpperCase(), path, guard }));

const calls = source.match(/\.(get|post|put|patch|delete|head|options)\(\s*"/g) ?? [];
if (routes.length === 0 || routes.length !== calls.length) {
  throw new Error(`router.rs has ${calls.length} routes, of which ${routes.length} were understood`);
}
