"""requests-oauthlib as a client of the server under test. It raises when the
granted scopes are not those that were asked for.

    python3 client.py STEP

The environment and the lines "visit URL" are those of ../authlib/client.py.
"""

import base64
import hashlib
import os
import secrets
import sys

import requests
from oauthlib.oauth2 import BackendApplicationClient, InvalidGrantError, LegacyApplicationClient
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

ISSUER, CLIENT_ID, REDIRECT_URI = os.environ["ISSUER"], os.environ["CLIENT_ID"], os.environ["REDIRECT_URI"]
SECRET, PASSWORD = os.environ.get("CLIENT_SECRET"), os.environ["PASSWORD"]
SCOPE, API_SCOPE = os.environ["SCOPE"].split(), os.environ["API_SCOPE"].split()

server = requests.get(ISSUER + "/.well-known/oauth-authorization-server", timeout=30).json()
TOKEN = server["token_endpoint"]
# A public client names itself in the body instead.
BASIC = HTTPBasicAuth(CLIENT_ID, SECRET) if SECRET else None
NAMED = {} if SECRET else {"include_client_id": True}
IN_BODY = {} if SECRET else {"client_id": CLIENT_ID}


def visit(url):
    print("visit " + url, flush=True)
    return sys.stdin.readline().strip()


def use(session):
    reply = session.get(server["userinfo_endpoint"], timeout=30)
    assert reply.status_code == 200, reply.text
    return reply.json()


def renew(session):
    """Refreshes, and sees the old refresh token refused."""
    before = dict(session.token)
    token = session.refresh_token(TOKEN, refresh_token=before["refresh_token"], auth=BASIC, **IN_BODY)
    assert token["access_token"] != before["access_token"]
    assert token["refresh_token"] != before["refresh_token"]
    use(session)
    try:
        session.refresh_token(TOKEN, refresh_token=before["refresh_token"], auth=BASIC, **IN_BODY)
    except InvalidGrantError:
        return
    raise AssertionError("a refresh token counted twice")


def code():
    session = OAuth2Session(CLIENT_ID, redirect_uri=REDIRECT_URI, scope=SCOPE)
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    url, _ = session.authorization_url(server["authorization_endpoint"], code_challenge=challenge, code_challenge_method="S256")
    session.fetch_token(TOKEN, authorization_response=visit(url), auth=BASIC, code_verifier=verifier, **NAMED)
    assert use(session)["preferred_username"] == "alice"
    renew(session)


def client_credentials():
    session = OAuth2Session(client=BackendApplicationClient(CLIENT_ID, scope=API_SCOPE), scope=API_SCOPE)
    token = session.fetch_token(TOKEN, auth=BASIC)
    assert token["scope"] == API_SCOPE and "refresh_token" not in token, token.keys()
    told = requests.post(server["introspection_endpoint"], {"token": token["access_token"]}, auth=BASIC, timeout=30).json()
    assert told["active"] is True and told["client_id"] == CLIENT_ID, told


def password():
    session = OAuth2Session(client=LegacyApplicationClient(CLIENT_ID, scope=SCOPE), scope=SCOPE)
    session.fetch_token(TOKEN, username="alice", password=PASSWORD, auth=BASIC)
    assert use(session)["preferred_username"] == "alice"
    renew(session)


{"code": code, "client_credentials": client_credentials, "password": password}[sys.argv[1]]()
