// The first page's data, which came inside the document. Good once: later visits ask the server.
import type { FirstData, PageData } from '../api/types.ts';

class FirstPage {
  private data: PageData | null = null;

  begin(first: FirstData | null): void {
    this.data = first?.page ?? null;
  }

  take<K extends PageData['kind']>(...kinds: K[]): Extract<PageData, { kind: K }> | undefined {
    const data = this.data;
    this.data = null;
    return data && kinds.includes(data.kind as K) ? (data as Extract<PageData, { kind: K }>) : undefined;
  }
}

export const page = new FirstPage();
