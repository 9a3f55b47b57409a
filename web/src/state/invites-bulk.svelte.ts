// Many invites at once: a sheet with the terms for all of them.
import { invites, type InvitesApi } from '../api/invites.ts';
import type { BulkAnswer, InvitePolicy } from '../api/types.ts';
import { wireTerms, type TermsForm } from './invites-form.ts';
import { csvOf } from './invites-sheet.ts';
import { SheetModel } from './sheet.svelte.ts';

export { bytesMost, shownMost, type ShownBadRow } from './sheet.svelte.ts';

export class BulkModel extends SheetModel<BulkAnswer> {
  readonly item: string;
  private readonly api: Pick<InvitesApi, 'bulk'>;

  constructor(item: string, api: Pick<InvitesApi, 'bulk'> = invites) {
    super();
    this.item = item;
    this.api = api;
  }

  check(terms: TermsForm, policy: InvitePolicy): Promise<boolean> {
    return this.checkBy(() => this.ask(terms, policy, true));
  }

  leaveOutBad(terms: TermsForm, policy: InvitePolicy): Promise<boolean> {
    this.emptyBad();
    return this.check(terms, policy);
  }

  leaveOutWaiting(terms: TermsForm, policy: InvitePolicy): Promise<boolean> {
    this.emptyWaiting();
    return this.check(terms, policy);
  }

  make(terms: TermsForm, policy: InvitePolicy): Promise<boolean> {
    return this.makeBy(() => this.ask(terms, policy, false));
  }

  /** One URL a line, for pasting. */
  get urls(): string {
    return (this.made?.created ?? []).map(({ email, url }) => `${email}\t${url}`).join('\n');
  }

  csv(head: readonly string[]): string {
    const rows = (this.made?.created ?? []).map((one) => [one.email, one.first_name, one.last_name, one.url]);
    return csvOf(head, rows);
  }

  private ask(terms: TermsForm, policy: InvitePolicy, dryRun: boolean): Promise<BulkAnswer> {
    return this.api.bulk(this.item, { text: this.text, names: this.typedNames, ...wireTerms(terms, policy), dry_run: dryRun });
  }
}
