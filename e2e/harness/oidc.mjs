// Sites that vouch for people: a real provider (npm oidc-provider), and one that lies on demand. Both on this machine.
import { createHash, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const CLIENT = 'anteroom';
const SECRET = 'a-secret-of-the-journeys-1234567890';

async function listen(server) {
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return server.address().port;
}

function end(server) {
  server.closeAllConnections();
  return new Promise((done) => server.close(done));
}

/** What stands in anteroom.toml for a provider. */
export function settings(name, issuer, more = '') {
  return `[[oidc]]\nname = "${name}"\nlabel = "${name}"\nissuer = "${issuer}"\nclient_id = "${CLIENT}"\n${more}\n`;
}

export const secret = SECRET;

/**
 * A certified provider whose only page signs in whoever is named in `people`.
 * @param {Record<string, object>} people claims by subject
 * @param {string[]} redirectUris
 */
export async function realProvider(people, redirectUris) {
  let provider;
  const server = createServer((request, response) => provider.callback()(request, response));
  const port = await listen(server);
  const issuer = `http://127.0.0.1:${port}`;
  let next = Object.keys(people)[0];
  provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: redirectUris, grant_types: ['authorization_code'], response_types: ['code'] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['journeys'] },
    findAccount: async (_, subject) => ({ accountId: subject, claims: async () => ({ sub: subject, ...people[subject] }) }),
    interactions: { url: (_, interaction) => `/as/${interaction.uid}` },
  });
  // Nothing is asked: whoever comes is the person named last.
  provider.use(async (context, go) => {
    if (!context.path.startsWith('/as/')) return go();
    const details = await provider.interactionDetails(context.req, context.res);
    const grant = details.grantId ? await provider.Grant.find(details.grantId) : new provider.Grant({ accountId: next, clientId: CLIENT });
    grant.addOIDCScope('openid email profile groups');
    grant.addOIDCClaims(['email', 'email_verified', 'name', 'groups']);
    const result = { login: { accountId: next }, consent: { grantId: await grant.save() } };
    context.status = 303;
    context.redirect(await provider.interactionResult(context.req, context.res, result));
  });
  return { issuer, port, be: (subject) => (next = subject), end: () => end(server) };
}

const b64 = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A provider driven by hand: what it says is changed by `lie`. */
export class Liar {
  claims = { sub: 'liar-1', email: 'noa@school.example', email_verified: true, name: 'Noa' };
  /** @type {(token: { head: object, claims: object, issuer: string }) => void} */
  lie = () => {};
  unsigned = false;
  /** What it calls itself; null: what it is. @type {string | null} */
  name = null;
  isDown = false;
  /** Signs by a key that it does not tell. */
  foreignKey = false;
  /** @type {Map<string, object>} */
  #codes = new Map();
  /** Sends people back with this state; null: with their own. @type {string | null} */
  state = null;
  /** Holds people up on a page of its own until they press, as one that asks for a second factor does. */
  asks = false;
  /** Codes that were taken. */
  redeemed = 0;
  keysAsked = 0;

  static async begin() {
    const liar = new Liar();
    liar.rotate();
    liar.server = createServer((request, response) => void liar.#answer(request, response));
    liar.issuer = `http://127.0.0.1:${await listen(liar.server)}`;
    return liar;
  }

  /** Another key from now on. */
  rotate() {
    this.kid = randomUUID();
    this.key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  }

  end() {
    return end(this.server);
  }

  async #answer(request, response) {
    const url = new URL(request.url, this.issuer);
    const send = (status, body, headers = {}) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    if (this.isDown) return request.socket.destroy();
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return send(200, {
          issuer: this.name ?? this.issuer, authorization_endpoint: `${this.issuer}/auth`, token_endpoint: `${this.issuer}/token`, jwks_uri: `${this.issuer}/jwks`,
        });
      case '/jwks': {
        this.keysAsked += 1;
        const jwk = createPublicKey(this.key).export({ format: 'jwk' });
        return send(200, { keys: [{ ...jwk, kid: this.kid, use: 'sig', alg: 'ES256' }] });
      }
      case '/auth': {
        const code = randomUUID();
        this.#codes.set(code, Object.fromEntries(url.searchParams));
        const back = new URL(url.searchParams.get('redirect_uri'));
        back.searchParams.set('code', code);
        back.searchParams.set('state', this.state ?? url.searchParams.get('state'));
        if (this.asks) return response.writeHead(200, { 'content-type': 'text/html' }).end(`<a href="${back.href.replaceAll('&', '&amp;')}">It is me</a>`);
        return send(303, {}, { location: back.href });
      }
      case '/token': {
        let body = '';
        for await (const piece of request) body += piece;
        return this.#token(new URLSearchParams(body), send);
      }
      default:
        return send(404, {});
    }
  }

  #token(form, send) {
    const asked = this.#codes.get(form.get('code'));
    this.#codes.delete(form.get('code'));
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    const isGood = asked && asked.code_challenge_method === 'S256' && asked.code_challenge === challenge && asked.redirect_uri === form.get('redirect_uri');
    if (!isGood) return send(400, { error: 'invalid_grant' });
    this.redeemed += 1;
    return send(200, { access_token: 'x', token_type: 'Bearer', id_token: this.#idToken(asked.nonce) });
  }

  #idToken(nonce) {
    const now = Math.floor(Date.now() / 1000);
    const head = { alg: 'ES256', kid: this.kid, typ: 'JWT' };
    const claims = { iss: this.issuer, aud: CLIENT, iat: now, exp: now + 300, nonce, ...this.claims };
    this.lie({ head, claims, issuer: this.issuer });
    if (this.unsigned) return `${b64({ ...head, alg: 'none' })}.${b64(claims)}.`;
    const message = `${b64(head)}.${b64(claims)}`;
    const key = this.foreignKey ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : this.key;
    return `${message}.${sign('sha256', Buffer.from(message), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }
}
