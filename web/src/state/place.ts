// Which page an address means. Pure, so that links can ask before they navigate.

export type Place =
  | { kind: 'sign-in'; next: string; failed?: string }
  | { kind: 'setup'; token: string }
  | { kind: 'my-media' }
  | { kind: 'item'; id: string; preview: boolean; activity?: true }
  | { kind: 'tokens' }
  | { kind: 'account' }
  | { kind: 'account-link'; token: string }
  | { kind: 'members' }
  | { kind: 'groups' }
  | { kind: 'settings' }
  | { kind: 'mail' }
  | { kind: 'lost' };

/** "lost" means: not a page of this app; the server may still know it. */
export function placeOf(url: URL): Place {
  const parts = url.pathname.split('/').filter(Boolean);
  const [first, second] = parts;
  if (parts.length === 0) return { kind: 'my-media' };
  if (parts.length === 1) {
    if (first === 'media') return { kind: 'my-media' };
    if (first === 'tokens' || first === 'account' || first === 'members' || first === 'groups') return { kind: first };
    if (first === 'settings') return { kind: 'settings' };
    if (first === 'sign-in') {
      const failed = url.searchParams.get('failed');
      return { kind: 'sign-in', next: safeNext(url.searchParams.get('next')), ...(failed && { failed }) };
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
  return { kind: 'lost' };
}

/** Where to go after signing in: a path of this site, never another host. */
export function safeNext(next: string | null): string {
  if (!next) return '/';
  const base = 'http://here.invalid';
  const url = URL.canParse(next, base) ? new URL(next, base) : null;
  if (!url || url.origin !== base || !next.startsWith('/')) return '/';
  return url.pathname.startsWith('/sign-in') ? '/' : url.pathname + url.search + url.hash;
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
