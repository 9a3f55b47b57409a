// Short notices that anybody may say; they are shown once and read out by screen readers.
// What is seen where it happens is only heard.

export interface Notice {
  id: number;
  text: string;
  tone: 'good' | 'danger' | 'plain' | 'heard';
}

const stayMs = 6000;

class Notices {
  list = $state.raw<Notice[]>([]);
  private last = 0;

  say(text: string, tone: Notice['tone'] = 'plain'): void {
    const id = ++this.last;
    // Good news replaces older good news; what went wrong waits until it was read.
    this.list = [...this.list.filter((notice) => notice.tone === 'danger').slice(-2), { id, text, tone }];
    // What went wrong stays until it is put away; there is time to read it.
    if (tone !== 'danger') setTimeout(() => this.putAway(id), stayMs);
  }

  putAway(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }
}

export const notices = new Notices();
