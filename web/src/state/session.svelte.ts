// Who is signed in, and the site's own facts.
import { onSocketSignedOut } from '../api/changes.ts';
import { onSignedOut, Refusal } from '../api/http.ts';
import { account } from '../api/account.ts';
import { session as api } from '../api/session.ts';
import { signIn } from '../api/sign-in.ts';
import type { FirstData, Me, Site } from '../api/types.ts';

const unknownSite: Site = {
  name: 'Anteroom',
  languages: ['en', 'he'],
  upload_max_bytes: Number.MAX_SAFE_INTEGER,
  guest_links_per_item: 3,
  has_members: true,
  passkeys: false,
  providers: [],
  retention_days: 365,
};

class Session {
  me = $state.raw<Me | null>(null);
  site = $state.raw<Site>(unknownSite);
  private greet: (me: Me) => void = () => {};

  begin(first: FirstData | null): void {
    if (!first) return;
    this.me = first.me;
    this.site = first.site;
  }

  get mayUpload(): boolean {
    return this.me?.capabilities.includes('upload') ?? false;
  }

  get mayManageSite(): boolean {
    return this.me?.capabilities.includes('manage_site') ?? false;
  }

  /** Calls `act` for whoever is signed in now, and for each who signs in later. */
  whenIn(act: (me: Me) => void): void {
    this.greet = act;
    if (this.me) act(this.me);
  }

  /** Calls `act` when the server says that this session is over. */
  whenOver(act: () => void): void {
    const over = () => {
      // A guest has no session that could end; their page says what happened by itself.
      if (!this.me) return;
      this.me = null;
      act();
    };
    onSignedOut(over);
    onSocketSignedOut(over);
  }

  /** For the development server, whose document carries no first data. */
  async load(): Promise<void> {
    this.site = await api.site();
    try {
      this.enter(await api.me());
    } catch (refusal) {
      if (!(refusal instanceof Refusal) || refusal.status !== 401) throw refusal;
    }
  }

  async signIn(email: string, password: string): Promise<void> {
    this.enter(await api.signIn(email, password));
  }

  async signInByPasskey(): Promise<void> {
    this.enter(await signIn.byPasskey());
  }

  /** Signs in by a passkey that was chosen at the e-mail field; it waits for that until `signal`. */
  async signInByOfferedPasskey(signal: AbortSignal): Promise<void> {
    this.enter(await signIn.byOfferedPasskey(signal));
  }

  /** Off to another site; it sends the person back to us, and on to `next`, an address of this site. */
  async signInBy(provider: string, next: string): Promise<void> {
    const { pathname, search, hash } = new URL(next);
    location.assign((await signIn.provider(provider, pathname + search + hash)).url);
  }

  async setUp(token: string, name: string, email: string, password: string): Promise<void> {
    this.enter(await api.setUp(token, name, email, password));
  }

  /** Sets a password by a one-time link. */
  async useLink(token: string, password: string): Promise<void> {
    this.enter(await account.useLink(token, password));
  }

  /** The own name or address changed. */
  renew(me: Me): void {
    this.me = me;
  }

  async signOut(): Promise<void> {
    await api.signOut();
    this.me = null;
  }

  private enter(me: Me): void {
    this.me = me;
    // What is known of the site may be from before its first member was set up.
    if (!this.site.has_members) this.site = { ...this.site, has_members: true };
    this.greet(me);
  }
}

export const session = new Session();
