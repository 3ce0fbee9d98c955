// npm's openid-client, certified by the OpenID Foundation, as a client of the
// server under test. The library checks what it is told (issuer, state, nonce,
// signatures, media types, status codes); this file says what to do.
//
//   node client.mjs STEP
//
// ISSUER, CLIENT_ID and REDIRECT_URI are of the environment, CLIENT_SECRET (with
// CLIENT_AUTH "post" or "jwt" for another method than Basic) or CLIENT_KEY (a PEM
// file, with CLIENT_KEY_ID) where the client has one. A line
// "visit URL" on standard output asks for a person in a browser; the answer on
// standard input is where the browser ended, or an empty line for a device.
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import * as oidc from 'openid-client';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, CLIENT_KEY, CLIENT_KEY_ID, CLIENT_AUTH, REDIRECT_URI, SCOPE, API_SCOPE } = process.env;

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
async function visit(url) {
  console.log(`visit ${url}`);
  return (await answers.next()).value;
}

async function clientAuth() {
  if (CLIENT_KEY) {
    const pem = createPrivateKey(readFileSync(CLIENT_KEY)).export({ type: 'pkcs8', format: 'der' });
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('pkcs8', pem, algorithm, false, ['sign']);
    return oidc.PrivateKeyJwt({ key, kid: CLIENT_KEY_ID });
  }
  if (!CLIENT_SECRET) return oidc.None();
  const methods = { post: oidc.ClientSecretPost, jwt: oidc.ClientSecretJwt };
  return (methods[CLIENT_AUTH] ?? oidc.ClientSecretBasic)(CLIENT_SECRET);
}

// The server speaks http, on the loopback interface. The ID token's signature is
// checked too, which after a TLS connection a client may leave out.
const options = (more) => ({ execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks], ...more });
const discover = async (more) => oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, await clientAuth(), options(more));

// signIn is the authorization code grant with PKCE, state and nonce.
async function signIn(config, build = oidc.buildAuthorizationUrl, more = {}) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const expectedNonce = oidc.randomNonce();
  const link = await build(config, {
    redirect_uri: REDIRECT_URI, scope: SCOPE, state: expectedState, nonce: expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256', ...more,
  });
  const back = new URL(await visit(link.href));
  assert.equal(back.searchParams.get('iss'), ISSUER, 'RFC 9207');
  const tokens = await oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true });
  assert.equal(tokens.token_type, 'bearer');
  assert.deepEqual(words(tokens.scope), words(SCOPE));
  assert.ok(tokens.expiresIn() > 0);
  assert.equal(tokens.claims().iss, ISSUER);
  assert.equal(tokens.claims().nonce, expectedNonce);
  return { tokens, back, pkceCodeVerifier, expectedState, expectedNonce, link };
}

const words = (scope) => scope.split(' ').sort();
const refused = (error) => assert.rejects(error.of, (e) => {
  assert.equal(e.error, error.code, `${e}`);
  assert.equal(e.status, error.status ?? 400);
  return true;
});

const isPublic = !CLIENT_SECRET && !CLIENT_KEY;

async function requireActive(config, token, active) {
  if (isPublic) return; // the endpoint is for clients that prove who they are
  assert.equal((await oidc.tokenIntrospection(config, token)).active, active);
}

const steps = {
  // Both documents of RFC 8414 and OpenID Connect Discovery, and the keys.
  async discovery() {
    const config = await discover();
    const plain = await discover({ algorithm: 'oauth2' });
    assert.deepEqual(plain.serverMetadata(), config.serverMetadata());
    const metadata = config.serverMetadata();
    assert.equal(metadata.issuer, ISSUER);
    assert.equal(metadata.supportsPKCE(), true);
    assert.equal(metadata.authorization_response_iss_parameter_supported, true);
    const { keys } = await (await fetch(metadata.jwks_uri)).json();
    assert.ok(keys.length > 0);
    for (const key of keys) assert.ok(key.kty === 'RSA' && key.kid && key.n && !key.d);
  },

  // Code with PKCE; the tokens are used, renewed, and revoked.
  async code() {
    const config = await discover();
    const { tokens } = await signIn(config);
    const claims = tokens.claims();
    assert.deepEqual([claims.aud].flat(), [CLIENT_ID]);
    assert.equal(claims.preferred_username, 'alice');

    const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
    assert.equal(info.preferred_username, 'alice');
    assert.equal(info.name, 'Alice Liddell');
    await requireActive(config, tokens.access_token, true);

    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(renewed.access_token, tokens.access_token);
    assert.notEqual(renewed.refresh_token, tokens.refresh_token);
    assert.equal(renewed.claims().sub, claims.sub, 'OpenID Connect Core 12.2');
    assert.equal(renewed.claims().auth_time, claims.auth_time);
    const narrow = await oidc.refreshTokenGrant(config, renewed.refresh_token, { scope: API_SCOPE });
    assert.equal(narrow.scope, API_SCOPE);

    await oidc.tokenRevocation(config, narrow.access_token, { token_type_hint: 'access_token' });
    await requireActive(config, narrow.access_token, false);
    await requireActive(config, renewed.access_token, true);
    await oidc.tokenRevocation(config, narrow.refresh_token);
    for (const { access_token } of [tokens, renewed]) {
      await requireActive(config, access_token, false);
      await assert.rejects(oidc.fetchUserInfo(config, access_token, claims.sub), (e) => {
        assert.equal(e.cause[0].parameters.error, 'invalid_token');
        return true;
      });
    }
    await refused({ of: oidc.refreshTokenGrant(config, narrow.refresh_token), code: 'invalid_grant' });
    await oidc.tokenRevocation(config, 'unknown'); // RFC 7009 section 2.2: no error
  },

  // A code counts once; the second use ends what the first one brought.
  async replay() {
    const config = await discover();
    const { tokens, back, ...checks } = await signIn(config);
    await refused({ of: oidc.authorizationCodeGrant(config, back, checks), code: 'invalid_grant' });
    await refused({ of: oidc.refreshTokenGrant(config, tokens.refresh_token), code: 'invalid_grant' });
  },

  // A refresh token counts once.
  async rotation() {
    const config = await discover();
    const { tokens } = await signIn(config);
    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
    await refused({ of: oidc.refreshTokenGrant(config, renewed.refresh_token, { scope: `${SCOPE} email` }), code: 'invalid_scope' });
    await refused({ of: oidc.refreshTokenGrant(config, tokens.refresh_token), code: 'invalid_grant' });
    await refused({ of: oidc.refreshTokenGrant(config, renewed.refresh_token), code: 'invalid_grant' });
  },

  // Errors of the authorization endpoint come back to the client.
  async refusals() {
    const config = await discover();
    const ask = async (more) => {
      const state = oidc.randomState();
      const link = oidc.buildAuthorizationUrl(config, {
        redirect_uri: REDIRECT_URI, scope: SCOPE, state,
        code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()), code_challenge_method: 'S256', ...more,
      });
      const back = new URL(await visit(link.href));
      const failure = await oidc.authorizationCodeGrant(config, back, { expectedState: state, pkceCodeVerifier: 'x' }).catch((e) => e);
      return failure.error;
    };
    assert.equal(await ask({ scope: 'openid nonsense' }), 'invalid_scope');
    assert.equal(await ask({ prompt: 'none' }), 'login_required');
    assert.equal(await ask({ code_challenge_method: 'plain' }), 'invalid_request');
    assert.equal(await ask({ response_type: 'id_token' }), 'unsupported_response_type');
  },

  // The request is pushed; its parameters are not in the browser's address.
  async par() {
    const config = await discover();
    const { tokens, link } = await signIn(config, oidc.buildAuthorizationUrlWithPAR);
    assert.deepEqual([...link.searchParams.keys()].sort(), ['client_id', 'request_uri']);
    assert.ok(tokens.claims().sub);
    await refused({ of: oidc.buildAuthorizationUrlWithPAR(config, { redirect_uri: 'http://evil.example/', scope: SCOPE }), code: 'invalid_request' });
  },

  async device() {
    const config = await discover();
    const pending = await oidc.initiateDeviceAuthorization(config, { scope: SCOPE });
    assert.ok(pending.user_code && pending.verification_uri.startsWith(ISSUER));
    const waiting = oidc.pollDeviceAuthorizationGrant(config, pending);
    await visit(pending.verification_uri_complete);
    const tokens = await waiting;
    assert.deepEqual(words(tokens.scope), words(SCOPE));
    assert.equal(tokens.claims().iss, ISSUER);
    await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    assert.ok((await oidc.refreshTokenGrant(config, tokens.refresh_token)).access_token);
  },

  async client_credentials() {
    const config = await discover();
    const tokens = await oidc.clientCredentialsGrant(config, { scope: API_SCOPE });
    assert.equal(tokens.refresh_token, undefined, 'RFC 6749 section 4.4.3');
    assert.equal(tokens.id_token, undefined);
    const told = await oidc.tokenIntrospection(config, tokens.access_token);
    assert.equal(told.active, true);
    assert.equal(told.client_id, CLIENT_ID);
    assert.equal(told.scope, API_SCOPE);
    assert.equal(told.iss, ISSUER);
    assert.ok(told.exp > told.iat);
    await oidc.tokenRevocation(config, tokens.access_token);
    assert.deepEqual(await oidc.tokenIntrospection(config, tokens.access_token), { active: false }, 'RFC 7662 section 2.2');
    await refused({ of: oidc.clientCredentialsGrant(config, { scope: 'nonsense' }), code: 'invalid_scope' });
    await refused({ of: oidc.genericGrantRequest(config, 'urn:example:unknown', {}), code: 'unsupported_grant_type' });
  },

  async password() {
    const config = await discover();
    const tokens = await oidc.genericGrantRequest(config, 'password', { username: 'alice', password: process.env.PASSWORD, scope: SCOPE });
    assert.equal(tokens.claims().preferred_username, 'alice');
    assert.ok((await oidc.refreshTokenGrant(config, tokens.refresh_token)).access_token);
    await refused({ of: oidc.genericGrantRequest(config, 'password', { username: 'alice', password: 'wrong', scope: SCOPE }), code: 'invalid_grant' });
  },

  // The implicit grant as it was: the token in the fragment, no refresh token.
  async implicit() {
    const config = await discover();
    const state = oidc.randomState();
    const link = oidc.buildAuthorizationUrl(config, { response_type: 'token', redirect_uri: REDIRECT_URI, scope: SCOPE, state });
    const back = new URL(await visit(link.href));
    assert.equal(back.search, '');
    const answer = new URLSearchParams(back.hash.slice(1));
    assert.equal(answer.get('state'), state);
    assert.equal(answer.get('iss'), ISSUER);
    assert.equal(answer.get('token_type').toLowerCase(), 'bearer');
    assert.ok(Number(answer.get('expires_in')) > 0);
    assert.equal(answer.has('refresh_token'), false, 'RFC 6749 section 4.2.2');
    await oidc.fetchUserInfo(config, answer.get('access_token'), oidc.skipSubjectCheck);
  },

  // Whoever can't prove to be the client gets 401 with a challenge.
  async stranger() {
    const config = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, oidc.ClientSecretBasic('wrong'), options());
    await assert.rejects(oidc.clientCredentialsGrant(config, { scope: API_SCOPE }), (e) => {
      assert.equal(e.cause[0]?.scheme ?? e.error, e.cause[0] ? 'basic' : 'invalid_client');
      assert.equal(e.status, 401);
      return true;
    });
  },
};

await steps[process.argv[2]]();
process.exit(0);
