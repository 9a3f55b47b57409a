// Which page an address means. Pure, so that links can ask before they navigate.

export type Place =
  | { kind: 'sign-in'; next: string; failed?: string }
  | { kind: 'setup'; token: string }
  | { kind: 'my-media' }
  | { kind: 'shared' }
  | { kind: 'item'; id: string; preview: boolean; activity?: true }
  | { kind: 'tokens' }
  | { kind: 'account' }
  | { kind: 'account-link'; token: string }
  | { kind: 'members' }
  | { kind: 'groups' }
  | { kind: 'people'; id: string; by: string; inside: boolean }
  | { kind: 'settings' }
  | { kind: 'mail' }
  | { kind: 'lost' };

/** "lost" means: not a page of this app; the server may still know it. */
export function placeOf(url: URL): Place {
  if (url.pathname.startsWith('//')) return { kind: 'lost' };
  const parts = url.pathname.split('/').filter(Boolean);
  const [first, second] = parts;
  if (parts.length === 0) return { kind: 'my-media' };
  if (parts.length === 1) {
    if (first === 'media') return { kind: 'my-media' };
    if (first === 'tokens' || first === 'account' || first === 'members' || first === 'groups') return { kind: first };
    if (first === 'settings' || first === 'shared') return { kind: first };
    if (first === 'sign-in') {
      const failed = url.searchParams.get('failed');
      return { kind: 'sign-in', next: safeNext(url.searchParams.get('next'), url.origin), ...(failed && { failed }) };
    }
  }
  if (parts.length === 2 && second) {
    if (first === 'media') {
      const [preview, activity] = [url.searchParams.has('preview'), url.searchParams.has('activity')];
      return { kind: 'item', id: second, preview, ...(activity && { activity }) };
    }
    if (first === 'account') return { kind: 'account-link', token: second };
    if (first === 'settings' && second === 'mail') return { kind: 'mail' };
    if (first === 'setup') return { kind: 'setup', token: second };
  }
  if (parts.length === 3 && first === 'media' && second && parts[2] === 'people') {
    return { kind: 'people', id: second, by: url.searchParams.get('by') ?? '', inside: url.searchParams.has('inside') };
  }
  return { kind: 'lost' };
}

/** The address of the list of who came to an item, narrowed down as said. */
export function peoplePath(item: string, { by = '', inside = false }: { by?: string; inside?: boolean } = {}): string {
  const query = new URLSearchParams({ ...(by && { by }), ...(inside && { inside: '' }) });
  return `/media/${encodeURIComponent(item)}/people${query.size > 0 ? `?${query}` : ''}`;
}

/**
 * Where to go after signing in: a whole address of this site. Never a path alone, because one that was harmless as
 * written (`/.//host`) may begin with two slashes once it is resolved, and would then name another host.
 */
export function safeNext(next: string | null, origin: string): string {
  const front = `${origin}/`;
  if (!next?.startsWith('/') || !URL.canParse(next, front)) return front;
  const url = new URL(next, front);
  const isHere = url.origin === origin && !/^\/[/\\]/.test(url.pathname);
  return isHere && !url.pathname.startsWith('/sign-in') ? url.href : front;
}

/** The path of a click that this app can follow by itself, or null: the browser follows it then. */
export function followable(event: MouseEvent, here: URL): string | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = (event.target as Element | null)?.closest?.('a[href]') as HTMLAnchorElement | null;
  if (!link || link.target || link.hasAttribute('download')) return null;
  const url = new URL(link.href, here);
  if (url.origin !== here.origin || placeOf(url).kind === 'lost') return null;
  return url.pathname + url.search + url.hash;
}
