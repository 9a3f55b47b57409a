// Many members at once, from a sheet. Their one-time links are mailed, or handed over as a file made here.
import { members, type MembersApi } from '../api/members.ts';
import type { ImportAnswer, SiteRole } from '../api/types.ts';
import { csvOf } from './invites-sheet.ts';
import { SheetModel } from './sheet.svelte.ts';

export interface ImportTerms {
  role: SiteRole;
  /** Null: nobody has chosen, so they are mailed when mail is on. */
  mail: boolean | null;
  /** Whether the addresses count as proved. */
  right: boolean;
}

export class ImportModel extends SheetModel<ImportAnswer> {
  private readonly api: Pick<MembersApi, 'bulk'>;

  constructor(api: Pick<MembersApi, 'bulk'> = members) {
    super();
    this.api = api;
  }

  check(terms: ImportTerms): Promise<boolean> {
    return this.checkBy(() => this.ask(terms, true));
  }

  leaveOutBad(terms: ImportTerms): Promise<boolean> {
    this.emptyBad();
    return this.check(terms);
  }

  leaveOutWaiting(terms: ImportTerms): Promise<boolean> {
    this.emptyWaiting();
    return this.check(terms);
  }

  make(terms: ImportTerms): Promise<boolean> {
    return this.makeBy(() => this.ask(terms, false));
  }

  get urls(): string {
    return (this.made?.created ?? []).map(({ email, url }) => `${email}\t${url ?? ''}`).join('\n');
  }

  csv(head: readonly string[]): string {
    return csvOf(head, (this.made?.created ?? []).map((one) => [one.email, one.name, one.url ?? '']));
  }

  private ask({ role, mail, right }: ImportTerms, dryRun: boolean): Promise<ImportAnswer> {
    return this.api.bulk({ text: this.text, names: this.typedNames, addresses_are_right: right, role, ...(mail !== null && { send_mail: mail }), dry_run: dryRun });
  }
}
