// Passkeys and other sites that vouch. The browser's own JSON forms of credentials are used as they are.
import { json } from './http.ts';
import type { Me, Passkey, Passkeys } from './types.ts';

type Options = { options: { publicKey: unknown } };

export const signIn = {
  passkeys: () => json<Passkeys>('GET', '/api/passkeys'),
  removePasskey: (id: string) => json<void>('DELETE', `/api/passkeys/${encodeURIComponent(id)}`),

  /** Asks the authenticator for a new passkey and keeps it. Rejects with a DOMException when the person gives up. */
  async addPasskey(name: string): Promise<Passkey> {
    const { options } = await json<Options>('POST', '/api/passkeys/begin');
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey as PublicKeyCredentialCreationOptionsJSON);
    const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
    return json<Passkey>('POST', '/api/passkeys', { name, answer: made.toJSON() });
  },

  /** Lets the person choose a passkey and signs in by it. */
  async byPasskey(): Promise<Me> {
    const { options } = await json<Options>('POST', '/api/sign-in/passkey');
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey as PublicKeyCredentialRequestOptionsJSON);
    const found = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
    return json<Me>('POST', '/api/sign-in/passkey/finish', { answer: found.toJSON() });
  },

  /**
   * Offers passkeys in the list that the browser shows at the e-mail field, until somebody chooses one or `signal`
   * calls it off.
   */
  async byOfferedPasskey(signal: AbortSignal): Promise<Me> {
    const { options } = await json<Options>('POST', '/api/sign-in/passkey', undefined, signal);
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey as PublicKeyCredentialRequestOptionsJSON);
    const found = (await navigator.credentials.get({ publicKey, mediation: 'conditional', signal })) as PublicKeyCredential;
    return json<Me>('POST', '/api/sign-in/passkey/finish', { answer: found.toJSON() });
  },

  /** The page of another site where one signs in. */
  provider: (name: string, next: string) =>
    json<{ url: string }>('POST', `/api/sign-in/oidc/${encodeURIComponent(name)}`, { next }),
};

/** Whether this browser can do what passkeys need. */
export function knowsPasskeys(): boolean {
  return typeof PublicKeyCredential === 'function' && 'parseCreationOptionsFromJSON' in PublicKeyCredential;
}

/** Whether this browser offers passkeys at a field. */
export async function offersPasskeys(): Promise<boolean> {
  return knowsPasskeys() && (await PublicKeyCredential.isConditionalMediationAvailable?.().catch(() => false)) === true;
}

/** Whether the person, not the site, ended it. */
export function gaveUp(cause: unknown): boolean {
  return cause instanceof DOMException && (cause.name === 'NotAllowedError' || cause.name === 'AbortError');
}

export type SignInApi = typeof signIn;
