// The media page in front, for the header above it: there is one header, and it says by which seat one is here.
import type { MediaPage } from './media-page.svelte.ts';

class Here {
  media = $state.raw<MediaPage | null>(null);

  /** The answer takes it away again, unless another page stands there by then. */
  come(media: MediaPage): () => void {
    this.media = media;
    return () => {
      if (this.media === media) this.media = null;
    };
  }
}

export const here = new Here();
