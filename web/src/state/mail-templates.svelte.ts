// Mail templates as an administrator edits them. Drafts outlive the choice of another template, so that looking
// around loses nothing; what is wrong with a draft is known as soon as it is typed.
import { Refusal } from '../api/http.ts';
import { mail, type MailApi, type MailLanguage, type MailName, type MailOutcome, type MailPart, type MailTemplate, type MailText } from '../api/mail.ts';

export { mailNames, type MailLanguage, type MailPart } from '../api/mail.ts';

const LOOK_AFTER_MS = 350;
const ASK_EVERY_MS = 1_000;
const parts: readonly MailPart[] = ['subject', 'text', 'html'];

/** What is wrong with a draft, and where. */
export interface Fault {
  part: MailPart;
  code: string;
  line: number;
  found: string;
}

/** The fault that a refusal tells of, if it tells of one. */
export function faultOf(refusal: Refusal): Fault | null {
  const part = parts.find((one) => one in refusal.fields);
  if (refusal.code !== 'bad_template' || !part) return null;
  return { part, code: refusal.fields[part] ?? '', line: refusal.body.line ?? 1, found: refusal.body.found ?? '' };
}

const isSame = (one: MailText, other: MailText) => parts.every((part) => one[part] === other[part]);
export const isSettled = ({ state }: MailOutcome) => state === 'sent' || state === 'failed' || state === 'unknown';

export class MailTemplates {
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  mailIsOn = $state(false);
  name = $state<MailName>('invite');
  language = $state<MailLanguage>('en');
  fault = $state.raw<Fault | null>(null);
  refusal = $state.raw<Refusal | null>(null);
  picture = $state.raw<MailText | null>(null);
  busy = $state<'save' | 'test' | null>(null);
  tested = $state.raw<MailOutcome | null>(null);
  private kept = $state.raw<MailTemplate[]>([]);
  private drafts = $state<Record<string, MailText>>({});
  private known = $state.raw<Record<string, { subject: string[]; body: string[] }>>({});
  private looking: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly api: MailApi;

  constructor(api: MailApi = mail) {
    this.api = api;
  }

  get saved(): MailTemplate | undefined {
    return this.kept.find(({ name, language }) => name === this.name && language === this.language);
  }

  get draft(): MailText {
    return this.drafts[this.key] ?? this.saved?.template ?? { subject: '', text: '', html: '' };
  }

  get isDirty(): boolean {
    return this.saved !== undefined && !isSame(this.draft, this.saved.template);
  }

  get anyDirty(): boolean {
    return this.kept.some(({ name, language, template }) => {
      const draft = this.drafts[`${name} ${language}`];
      return draft !== undefined && !isSame(draft, template);
    });
  }

  tokens(part: MailPart): readonly string[] {
    return this.known[this.name]?.[part === 'subject' ? 'subject' : 'body'] ?? [];
  }

  private get key(): string {
    return `${this.name} ${this.language}`;
  }

  async load(): Promise<void> {
    this.phase = 'loading';
    try {
      const { templates, tokens, mail_is_on } = await this.api.templates();
      this.kept = templates;
      this.known = Object.fromEntries(tokens.map(({ name, subject, body }) => [name, { subject, body }]));
      this.mailIsOn = mail_is_on;
      this.phase = 'ready';
      await this.look();
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      this.phase = 'failed';
    }
  }

  choose(name: MailName, language: MailLanguage): void {
    [this.name, this.language] = [name, language];
    [this.fault, this.refusal, this.tested, this.picture] = [null, null, null, null];
    void this.look();
  }

  type(part: MailPart, text: string): void {
    this.drafts[this.key] = { ...this.draft, [part]: text };
    this.refusal = null;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), LOOK_AFTER_MS);
  }

  async save(): Promise<boolean> {
    return this.act('save', async () => this.keep(await this.api.save(this.name, this.language, this.draft)));
  }

  /** Goes back to the default. Rejects with a refusal. */
  async reset(): Promise<void> {
    this.keep(await this.api.reset(this.name, this.language));
    this.fault = null;
    await this.look();
  }

  /** Sends what is being edited to the own address, and follows it until the mail server has answered. */
  async test(isHere: () => boolean): Promise<void> {
    this.tested = null;
    const [key, draft] = [this.key, this.draft];
    let id = '';
    if (!(await this.act('test', async () => void ({ id } = await this.api.test(this.name, this.language, draft))))) return;
    while (isHere() && this.key === key) {
      this.tested = await this.api.tested(id).catch(() => this.tested);
      if (this.tested && isSettled(this.tested)) return;
      await new Promise((done) => setTimeout(done, ASK_EVERY_MS));
    }
  }

  private keep(template: MailTemplate): void {
    this.kept = this.kept.map((one) => (one.name === template.name && one.language === template.language ? template : one));
    delete this.drafts[this.key];
  }

  private async look(): Promise<void> {
    this.looking?.abort();
    const looking = (this.looking = new AbortController());
    try {
      this.picture = await this.api.preview(this.name, this.language, this.draft, looking.signal);
      this.fault = null;
    } catch (cause) {
      if (looking.signal.aborted) return;
      if (!(cause instanceof Refusal)) throw cause;
      this.fault = faultOf(cause);
      if (!this.fault) this.refusal = cause;
    }
  }

  private async act(what: 'save' | 'test', work: () => Promise<void>): Promise<boolean> {
    [this.busy, this.refusal] = [what, null];
    try {
      await work();
      this.fault = null;
      return true;
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      this.fault = faultOf(cause);
      if (!this.fault) this.refusal = cause;
      return false;
    } finally {
      this.busy = null;
    }
  }
}

export const mailTemplates = new MailTemplates();
