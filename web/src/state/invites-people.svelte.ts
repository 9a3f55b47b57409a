// Members found while an address is typed. Asks from three characters on, after a pause in typing, and
// forgets answers that come too late. Silence on failure: whoever types knows the address anyway.
import { invites, type InvitesApi } from '../api/invites.ts';
import type { FoundMember } from '../api/types.ts';

export const leastLetters = 3;
const pauseMs = 250;

export class PeopleFinder {
  found = $state.raw<FoundMember[]>([]);
  open = $state(false);
  /** The one that Enter chooses; -1: none. */
  at = $state(-1);
  private readonly api: Pick<InvitesApi, 'findMembers'>;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: AbortController | null = null;

  constructor(api: Pick<InvitesApi, 'findMembers'> = invites) {
    this.api = api;
  }

  get chosen(): FoundMember | null {
    return this.open ? (this.found[this.at] ?? null) : null;
  }

  type(text: string): void {
    clearTimeout(this.timer);
    this.asking?.abort();
    const typed = text.trim();
    if ([...typed].length < leastLetters) return this.close();
    this.timer = setTimeout(() => void this.ask(typed), pauseMs);
  }

  move(by: 1 | -1): void {
    if (this.found.length === 0) return;
    if (!this.open) {
      this.open = true;
      this.at = by === 1 ? 0 : this.found.length - 1;
      return;
    }
    // One step past an end is the field itself.
    const places = this.found.length + 1;
    this.at = ((this.at + 1 + by + places) % places) - 1;
  }

  /** Closes without choosing; the arrows bring back what was found. */
  hide(): void {
    this.open = false;
    this.at = -1;
  }

  close(): void {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.hide();
    this.found = [];
  }

  private async ask(typed: string): Promise<void> {
    const asking = (this.asking = new AbortController());
    try {
      const { members } = await this.api.findMembers(typed, asking.signal);
      if (asking.signal.aborted) return;
      this.found = members;
      this.at = -1;
      this.open = members.length > 0;
    } catch {
      if (!asking.signal.aborted) this.close();
    }
  }
}
