// panva's oidc-provider, configured and nothing else: every protocol step
// below is the library's own. PORT is the port on the loopback address,
// CLIENT_JWKS a file with the public keys of the client "private-jwt".
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const port = Number(process.env.PORT);
const issuer = `http://127.0.0.1:${port}`;

const grants = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'];
const withSecret = [...grants, 'client_credentials'];

// Native clients: the provider accepts any port on the loopback address.
const client = (client_id, more) => ({
  client_id,
  application_type: 'native',
  grant_types: grants,
  response_types: ['code'],
  redirect_uris: ['http://127.0.0.1/callback'],
  scope: 'openid offline_access profile email',
  ...more,
});

const provider = new Provider(issuer, {
  clients: [
    client('public', { token_endpoint_auth_method: 'none' }),
    client('basic', { client_secret: 'basic-secret-0123456789abcdef0123456789abcdef', token_endpoint_auth_method: 'client_secret_basic', grant_types: withSecret }),
    client('post', { client_secret: 'post-secret-0123456789abcdef0123456789abcdef0', token_endpoint_auth_method: 'client_secret_post', grant_types: withSecret }),
    client('secret-jwt', { client_secret: 'secret-jwt-0123456789abcdef0123456789abcdef01', token_endpoint_auth_method: 'client_secret_jwt', grant_types: withSecret }),
    client('private-jwt', { jwks: JSON.parse(readFileSync(process.env.CLIENT_JWKS)), token_endpoint_auth_method: 'private_key_jwt', grant_types: withSecret }),
    // Inside Basic, ID and secret must be form-encoded (RFC 6749 section 2.3.1).
    client('od d:client', { client_secret: 'p:a ss+%&=0123456789abcdef0123456789', token_endpoint_auth_method: 'client_secret_basic' }),
  ],
  scopes: ['openid', 'offline_access', 'profile', 'email'],
  claims: { profile: ['name', 'preferred_username'], email: ['email'] },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: id, preferred_username: id, email: `${id}@example.test` }) }),
  cookies: { keys: ['conformance'] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    pushedAuthorizationRequests: { enabled: true },
    registration: { enabled: true },
    revocation: { enabled: true },
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 86400, IdToken: 3600, Interaction: 600, RefreshToken: 86400, Session: 86400 },
});

provider.on('server_error', (ctx, error) => console.error('server_error', error));
createServer(provider.callback()).listen(port, '127.0.0.1', () => console.log('listening', issuer));
