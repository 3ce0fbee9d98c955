"""An authorization server on Authlib and Flask, for tests on the loopback
interface. The protocol (grants, client authentication, errors) is Authlib's;
this file is the storage, the clients and the two pages that it leaves to its
host.

The environment says how it runs: PORT; CALLBACK, the redirect URI of every
client; CLIENT_JWKS, a file with the public keys of the client "keys" and of
the issuer of JWT bearer assertions; DEVICE_TTL, seconds; DEVICE_PATIENCE, the
seconds between two polls under which the server says slow_down, by default the
interval that it promises.
"""

import json
import os
import time

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.jose import JsonWebKey
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion, JWTBearerGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc8628 import (
    DEVICE_CODE_GRANT_TYPE,
    DeviceAuthorizationEndpoint,
    DeviceCodeGrant,
    DeviceCredentialDict,
)
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, request

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # http, on the loopback interface

PORT = int(os.environ["PORT"])
ISSUER = f"http://127.0.0.1:{PORT}"
TOKEN_ENDPOINT = ISSUER + "/oauth/token"
LIFETIME = 3600
SCOPES = ["openid", "profile", "read", "write", "offline_access"]
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GRANTS = ["authorization_code", "refresh_token", "client_credentials", "password", DEVICE_CODE_GRANT_TYPE, JWT_BEARER]
SECRET_METHODS = ["client_secret_basic", "client_secret_post"]
ALL_METHODS = SECRET_METHODS + ["none", "private_key_jwt"]
USERS = {"alice": "wonderland"}

signing_key = JsonWebKey.generate_key("RSA", 2048, {"use": "sig", "kid": "server", "alg": "RS256"}, is_private=True)
with open(os.environ["CLIENT_JWKS"], encoding="utf-8") as file:
    client_keys = JsonWebKey.import_key_set(json.load(file))


class Client(ClientMixin):
    def __init__(self, client_id, method, secret=None):
        self.client_id, self.method, self.secret = client_id, method, secret

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return os.environ["CALLBACK"]

    def get_allowed_scope(self, scope):
        return " ".join(s for s in (scope or "").split() if s in SCOPES)

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == os.environ["CALLBACK"]

    def check_client_secret(self, client_secret):
        return client_secret == self.secret

    def check_endpoint_auth_method(self, method, endpoint):
        return method == self.method

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type in GRANTS and not (self.method == "none" and grant_type == "client_credentials")


class User:
    def __init__(self, name):
        self.name = name

    def get_user_id(self):
        return self.name


class Code(AuthorizationCodeMixin):
    def __init__(self, **fields):
        self.__dict__.update(fields)
        self.auth_time = int(time.time())

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return self.auth_time


class Token(TokenMixin):
    def __init__(self, client, user, reply):
        self.client, self.user, self.reply = client, user, reply
        self.issued, self.revoked = int(time.time()), False

    def check_client(self, client):
        return self.client is client

    def get_scope(self):
        return self.reply.get("scope", "")

    def get_expires_in(self):
        return self.reply["expires_in"]

    def is_expired(self):
        return self.issued + self.reply["expires_in"] < time.time()

    def is_revoked(self):
        return self.revoked

    def subject(self):
        return self.user.name if self.user else self.client.client_id


clients = {
    c.client_id: c
    for c in [
        Client("public", "none"),
        Client("basic", "client_secret_basic", "basic-secret-0123456789abcdef"),
        Client("post", "client_secret_post", "post-secret-0123456789abcdef"),
        Client("keys", "private_key_jwt"),
    ]
}
codes, tokens, devices, decisions, seen = {}, [], {}, {}, set()


def find(value, hint=None):
    names = [hint] if hint in ("access_token", "refresh_token") else ["access_token", "refresh_token"]
    return next((t for t in reversed(tokens) if value in [t.reply.get(n) for n in names]), None)


def sign_in(name, password):
    return User(name) if password and USERS.get(name) == password else None


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ALL_METHODS

    def save_authorization_code(self, code, asked):
        codes[code] = Code(
            code=code, client_id=asked.client.client_id, redirect_uri=asked.redirect_uri, scope=asked.scope,
            user=asked.user, nonce=asked.data.get("nonce"), code_challenge=asked.data.get("code_challenge"),
            code_challenge_method=asked.data.get("code_challenge_method"),
        )

    def query_authorization_code(self, code, client):
        found = codes.get(code)
        return found if found and found.client_id == client.client_id else None

    def delete_authorization_code(self, authorization_code):
        codes.pop(authorization_code.code, None)

    def authenticate_user(self, authorization_code):
        return authorization_code.user


class IDToken(OpenIDCode):
    def exists_nonce(self, nonce, asked):
        return False

    def get_jwt_config(self, grant):
        return {"key": signing_key, "alg": "RS256", "iss": ISSUER, "exp": LIFETIME}

    def generate_user_info(self, user, scope):
        return UserInfo(sub=user.name, name=user.name)


class PasswordGrant(grants.ResourceOwnerPasswordCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ALL_METHODS

    def authenticate_user(self, username, password):
        return sign_in(username, password)


class RefreshGrant(grants.RefreshTokenGrant):
    INCLUDE_NEW_REFRESH_TOKEN = True
    TOKEN_ENDPOINT_AUTH_METHODS = ALL_METHODS

    def authenticate_refresh_token(self, refresh_token):
        token = find(refresh_token, "refresh_token")
        return token if token and not token.revoked else None

    def authenticate_user(self, credential):
        return credential.user

    def revoke_old_credential(self, credential):
        credential.revoked = True


class ClientCredentialsGrant(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = SECRET_METHODS + ["private_key_jwt"]


class BearerGrant(JWTBearerGrant):
    CLAIMS_OPTIONS = {
        "iss": {"essential": True},
        "aud": {"essential": True, "values": [ISSUER, TOKEN_ENDPOINT]},
        "exp": {"essential": True},
    }

    def resolve_issuer_client(self, issuer):
        return clients.get(issuer)

    def resolve_client_key(self, client, headers, payload):
        return client_keys.find_by_kid(headers["kid"])

    def authenticate_user(self, subject):
        return User(subject) if subject in USERS else None

    def has_granted_permission(self, client, user):
        return True


class ClientAssertion(JWTBearerClientAssertion):
    CLIENT_AUTH_METHOD = "private_key_jwt"

    def validate_jti(self, claims, jti):
        fresh = jti not in seen
        seen.add(jti)
        return fresh

    def resolve_client_public_key(self, client, headers):
        return client_keys.find_by_kid(headers["kid"])


class DeviceEndpoint(DeviceAuthorizationEndpoint):
    CLIENT_AUTH_METHODS = ALL_METHODS
    EXPIRES_IN = int(os.environ.get("DEVICE_TTL", "600"))
    INTERVAL = 5

    def get_verification_uri(self):
        return ISSUER + "/device"

    def save_device_credential(self, client_id, scope, data):
        devices[data["device_code"]] = dict(
            data, client_id=client_id, scope=scope, expires_at=time.time() + data["expires_in"], polled=0
        )


class DeviceGrant(DeviceCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ALL_METHODS

    def query_device_credential(self, device_code):
        found = devices.get(device_code)
        return DeviceCredentialDict(found) if found else None

    def query_user_grant(self, user_code):
        return decisions.get(user_code)

    def should_slow_down(self, credential):
        device = devices[credential["device_code"]]
        early = time.time() - device["polled"] < float(os.environ.get("DEVICE_PATIENCE", device["interval"]))
        device["polled"] = time.time()
        return early


class Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = ALL_METHODS

    def query_token(self, token_string, token_type_hint):
        return find(token_string, token_type_hint)

    def revoke_token(self, token, asked):
        token.revoked = True


class Introspection(IntrospectionEndpoint):
    CLIENT_AUTH_METHODS = ALL_METHODS

    def query_token(self, token_string, token_type_hint):
        return find(token_string, token_type_hint)

    def check_permission(self, token, client, asked):
        return True

    def introspect_token(self, token):
        return {
            "active": not token.revoked and not token.is_expired(), "client_id": token.client.client_id,
            "scope": token.get_scope(), "sub": token.subject(), "exp": token.issued + token.reply["expires_in"],
            "iat": token.issued, "iss": ISSUER,
        }


app = Flask(__name__)
app.config.update(
    OAUTH2_REFRESH_TOKEN_GENERATOR=True, OAUTH2_SCOPES_SUPPORTED=SCOPES,
    OAUTH2_TOKEN_EXPIRES_IN={grant: LIFETIME for grant in GRANTS},
)
server = AuthorizationServer(
    app, query_client=clients.get,
    save_token=lambda reply, asked: tokens.append(Token(asked.client, asked.user, dict(reply))),
)
server.register_client_auth_method("private_key_jwt", ClientAssertion(ISSUER))
server.register_grant(CodeGrant, [CodeChallenge(required=True), IDToken(require_nonce=False)])
for grant in (PasswordGrant, RefreshGrant, ClientCredentialsGrant, BearerGrant, DeviceGrant):
    server.register_grant(grant)
for endpoint in (Revocation, Introspection, DeviceEndpoint):
    server.register_endpoint(endpoint)

PAGE = """<!doctype html><title>{title}</title><form method="post"><p>{title}</p>
<input type="hidden" name="user_code" value="{code}">
<input name="login"><input name="password" type="password"><input type="hidden" name="decision" value="allow">
<button>Continue</button></form>"""


@app.get("/.well-known/openid-configuration")
@app.get("/.well-known/oauth-authorization-server")
def metadata():
    return jsonify(
        issuer=ISSUER, authorization_endpoint=ISSUER + "/oauth/authorize", token_endpoint=TOKEN_ENDPOINT,
        revocation_endpoint=ISSUER + "/oauth/revoke", introspection_endpoint=ISSUER + "/oauth/introspect",
        device_authorization_endpoint=ISSUER + "/oauth/device", jwks_uri=ISSUER + "/jwks",
        userinfo_endpoint=ISSUER + "/userinfo", grant_types_supported=GRANTS, response_types_supported=["code"],
        code_challenge_methods_supported=["S256"], token_endpoint_auth_methods_supported=ALL_METHODS,
        id_token_signing_alg_values_supported=["RS256"], subject_types_supported=["public"], scopes_supported=SCOPES,
    )


@app.get("/jwks")
def jwks():
    return jsonify(keys=[signing_key.as_dict(is_private=False)])


@app.route("/oauth/authorize", methods=["GET", "POST"])
def authorize():
    if request.method == "GET":
        try:
            asked = server.get_consent_grant(end_user=User("alice"))
        except OAuth2Error as error:
            return jsonify(dict(error.get_body())), 400
        return PAGE.format(title="Allow " + asked.client.client_id, code="")
    return server.create_authorization_response(grant_user=sign_in(request.form["login"], request.form["password"]))


@app.post("/oauth/token")
def token():
    return server.create_token_response()


@app.post("/oauth/revoke")
def revoke():
    return server.create_endpoint_response("revocation")


@app.post("/oauth/introspect")
def introspect():
    return server.create_endpoint_response("introspection")


@app.post("/oauth/device")
def device_authorization():
    return server.create_endpoint_response("device_authorization")


@app.route("/device", methods=["GET", "POST"])
def device_page():
    if request.method == "GET":
        return PAGE.format(title="Connect a device", code=request.args.get("user_code", ""))
    user = sign_in(request.form["login"], request.form["password"])
    if not user:
        return "wrong password", 403
    decisions[request.form["user_code"]] = (user, request.form["decision"] == "allow")
    return "done"


@app.get("/userinfo")
def userinfo():
    found = find(request.headers.get("Authorization", "").removeprefix("Bearer "), "access_token")
    if not found or found.revoked or found.is_expired():
        return jsonify(error="invalid_token"), 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    return jsonify(sub=found.subject())


if __name__ == "__main__":
    app.run("127.0.0.1", PORT, threaded=True)
