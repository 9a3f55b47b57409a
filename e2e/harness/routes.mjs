// The server's own list of routes, read from its one page, so that a new route cannot be forgotten here.
import { readFileSync } from 'node:fs';

const source = readFileSync(new URL('../../crates/server/src/router.rs', import.meta.url), 'utf8');
const ROUTE = /\.(get|post(?:_large)?|put|patch|delete|head|options)\(\s*"([^"]+)",\s*(Open|Decides|Ticket|[A-Z]+)/g;
/** Guards that several routes share, by the name they have there. */
const SHARED = new Map([...source.matchAll(/const ([A-Z]+): [\w:]*Guard = (Decides)\(/g)].map(([, name, guard]) => [name, guard]));

/** @type {{ method: string, path: string, guard: 'Open' | 'Decides' | 'Ticket' }[]} */
export const routes = [...source.matchAll(ROUTE)].map(([, method, path, guard]) => ({ method: method.replace('_large', '').toUpperCase(), path, guard: SHARED.get(guard) ?? guard }));

const calls = source.match(/\.(get|post(?:_large)?|put|patch|delete|head|options)\(\s*"/g) ?? [];
if (routes.length === 0 || routes.length !== calls.length) {
  throw new Error(`router.rs has ${calls.length} routes, of which ${routes.length} were understood`);
}
