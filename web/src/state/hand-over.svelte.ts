// An invitee's seat on its way to another device: the one-time address while it is good, and the answer to a device
// that asks to take over.
import { handOver } from '../api/hand-over.ts';

/** The address of the moment: the URL, and its QR code as an object URL. */
export interface Offer {
  url: string;
  picture: string;
}

export class HandOver {
  offered = $state<Offer | null>(null);
  isOver = $state(false);
  /** What went wrong when an address was asked for. */
  trouble = $state<unknown>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #item: string;

  constructor(item: string) {
    this.#item = item;
  }

  async offer(): Promise<void> {
    this.forget();
    this.isOver = false;
    this.trouble = null;
    try {
      const { url, svg, lasts_ms: lastsMs } = await handOver.offer(this.#item);
      this.offered = { url, picture: URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' })) };
      this.#timer = setTimeout(() => {
        this.forget();
        this.isOver = true;
      }, lastsMs);
    } catch (cause) {
      this.trouble = cause;
    }
  }

  forget(): void {
    clearTimeout(this.#timer);
    if (this.offered) URL.revokeObjectURL(this.offered.picture);
    this.offered = null;
  }

  answer(reference: string, allowed: boolean): Promise<void> {
    return handOver.answer(this.#item, reference, allowed);
  }
}
