"""Authlib's client for requests, as a client of the server under test.

    python3 client.py STEP

The environment says who it is: ISSUER, CLIENT_ID, CLIENT_SECRET or CLIENT_KEY (a
PEM file, with CLIENT_KEY_ID), REDIRECT_URI. A line "visit URL" on standard
output asks for a person in a browser; the answer on standard input is where the
browser ended.
"""

import os
import sys
import time

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import AssertionSession, OAuth2Session
from authlib.jose import JsonWebKey, jwt
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken

ISSUER, CLIENT_ID, REDIRECT_URI = os.environ["ISSUER"], os.environ["CLIENT_ID"], os.environ["REDIRECT_URI"]
SECRET, KEY = os.environ.get("CLIENT_SECRET"), os.environ.get("CLIENT_KEY")
SCOPE, API_SCOPE, PASSWORD = os.environ["SCOPE"], os.environ["API_SCOPE"], os.environ["PASSWORD"]

server = requests.get(ISSUER + "/.well-known/openid-configuration", timeout=30).json()
TOKEN = server["token_endpoint"]


def private_key():
    with open(KEY, encoding="utf-8") as file:
        return JsonWebKey.import_key(file.read(), {"kid": os.environ["CLIENT_KEY_ID"]})


def session(scope=SCOPE):
    method = "none"
    if SECRET:
        method = "client_secret_basic"
    if KEY:
        method = "private_key_jwt"
    made = OAuth2Session(
        CLIENT_ID, private_key() if KEY else SECRET, scope=scope, redirect_uri=REDIRECT_URI,
        token_endpoint_auth_method=method, revocation_endpoint_auth_method=method, code_challenge_method="S256",
    )
    if KEY:
        made.register_client_auth_method(PrivateKeyJWT(TOKEN))
    return made


def visit(url):
    print("visit " + url, flush=True)
    return sys.stdin.readline().strip()


def words(scope):
    return sorted(scope.split())


def claims_of(token, nonce=None):
    keys = JsonWebKey.import_key_set(requests.get(server["jwks_uri"], timeout=30).json())
    claims = jwt.decode(
        token["id_token"], keys, claims_cls=CodeIDToken,
        claims_options={"iss": {"essential": True, "value": ISSUER}, "aud": {"essential": True, "value": CLIENT_ID}},
        claims_params={"nonce": nonce, "client_id": CLIENT_ID, "access_token": token["access_token"]},
    )
    claims.validate()
    return claims


def user_info(client):
    reply = client.get(server["userinfo_endpoint"], timeout=30)
    assert reply.status_code == 200, reply.text
    return reply.json()


def renew(client):
    """Refreshes once, and sees the old refresh token refused."""
    before = dict(client.token)
    token = client.refresh_token(TOKEN, refresh_token=before["refresh_token"])
    assert token["access_token"] != before["access_token"]
    assert token["refresh_token"] != before["refresh_token"]
    user_info(client)
    return before, token


def code():
    client, verifier, nonce = session(), generate_token(48), generate_token(20)
    url, state = client.create_authorization_url(server["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
    token = client.fetch_token(TOKEN, authorization_response=visit(url), state=state, code_verifier=verifier)
    assert words(token["scope"]) == words(SCOPE), token["scope"]
    claims = claims_of(token, nonce)
    assert user_info(client)["sub"] == claims["sub"]
    _, token = renew(client)
    reply = client.revoke_token(server["revocation_endpoint"], token=token["refresh_token"], token_type_hint="refresh_token")
    assert reply.status_code == 200, reply.text
    client.token = token
    reply = client.get(server["userinfo_endpoint"], timeout=30)
    assert reply.status_code == 401, reply.text
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]


def client_credentials():
    client = session(API_SCOPE)
    token = client.fetch_token(TOKEN, grant_type="client_credentials")
    assert token["scope"] == API_SCOPE
    assert "refresh_token" not in token
    assert token["expires_at"] > time.time()
    told = client.introspect_token(server["introspection_endpoint"], token=token["access_token"]).json()
    assert told["active"] is True and told["client_id"] == CLIENT_ID, told


def password():
    client = session()
    token = client.fetch_token(TOKEN, username="alice", password=PASSWORD)
    assert claims_of(token)["preferred_username"] == "alice"
    renew(client)


def jwt_bearer():
    """The client's key vouches for a user (RFC 7523 section 2.1)."""
    client = AssertionSession(
        token_endpoint=TOKEN, issuer=CLIENT_ID, subject="alice", audience=TOKEN, scope="openid " + API_SCOPE,
        key=private_key(), header={"alg": "RS256", "kid": os.environ["CLIENT_KEY_ID"]},
        claims={"jti": generate_token(20)}, grant_type=AssertionSession.JWT_BEARER_GRANT_TYPE,
    )
    client.refresh_token()
    assert words(client.token["scope"]) == words("openid " + API_SCOPE)
    assert user_info(client)["sub"]


{"code": code, "client_credentials": client_credentials, "password": password, "jwt_bearer": jwt_bearer}[sys.argv[1]]()
