// The last mails of the site and what became of them.
import { Refusal } from '../api/http.ts';
import { mail, type Mail, type MailApi } from '../api/mail.ts';

export class MailLog {
  mails = $state.raw<Mail[]>([]);
  next = $state<string | null>(null);
  busy = $state(false);
  refusal = $state.raw<Refusal | null>(null);
  private readonly api: MailApi;

  constructor(api: MailApi = mail) {
    this.api = api;
  }

  /** The newest mails anew, or older ones behind those that are there. */
  async load(older = false): Promise<void> {
    [this.busy, this.refusal] = [true, null];
    try {
      const page = await this.api.list((older && this.next) || undefined);
      this.mails = older ? [...this.mails, ...page.mails] : page.mails;
      this.next = page.next_cursor ?? null;
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      this.refusal = cause;
    } finally {
      this.busy = false;
    }
  }
}
