// Few files instead of many: a browser asks for six at a time, and each costs a round trip. Whatever stands as soon as
// the app does is one file; what several later parts share is another one.
import type { Rolldown } from 'vite';

type Look = (id: string) => { importedIds: readonly string[] } | null;
type Kind = 'begin' | 'start' | 'later';

/**
 * `main` loads alone and begins `app`; what it needs is small and stays out of the app's file. `pages` are entries of
 * the server's own pages, which load nothing of the app.
 */
export function groups(main: string, app: string, pages: string[]): Rolldown.CodeSplittingGroup[] {
  let known: { pages: Set<string>; main: Set<string>; app: Set<string> } | undefined;
  const kindOf = (id: string, look: Look): Kind | null => {
    known ??= { pages: reach(pages, look), main: reach([main], look), app: reach([app], look) };
    if (id === main || known.pages.has(id)) return null;
    if (known.main.has(id)) return 'begin';
    return known.app.has(id) ? 'start' : 'later';
  };
  return (['begin', 'start', 'later'] as const).map((kind) => ({
    debugName: kind,
    name: (id, build) => (kindOf(id, (other) => build.getModuleInfo(other)) === kind ? kind : null),
    // Else what stands alone would be drawn in by whoever imports it.
    includeDependenciesRecursively: false,
    // Code of packages belongs to the part that wants it, but for the small pictures.
    ...(kind === 'later' && { minShareCount: 2, test: /\/src\/|lucide/ }),
  }));
}

function reach(entries: string[], look: Look): Set<string> {
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    waiting.push(...(look(id)?.importedIds ?? []));
  }
  return reached;
}
