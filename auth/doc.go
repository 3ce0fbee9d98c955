// Package auth is the engine of the program: the domain types and the use cases
// around an OAuth 2.0 authorization. It knows no window, no SQL and no keyring;
// those come in as Store, Vault and Browser.
//
// Concurrency. Engine, Wire, Catalog, SignIn and Secret are safe for concurrent
// use. Every goroutine has an owner whose Close waits for it. Plain data types
// are not shared while they are written.
//
// Cancellation. A context ends what can be given up. It does not end a request
// that may have used up a refresh token or a code: its answer is awaited, with
// the wire's own time limits, and stored in any case.
//
// Requests. All go through Wire: one request a call, never repeated, never
// redirected, over TLS or to this machine. Its WireError says whether the
// request was certainly not sent, was answered, or has an end that nobody
// knows; the refresh protocol is built on that difference. Replies are decoded
// here, tokens first, and not by golang.org/x/oauth2, which drops a rotated
// refresh token over a cosmetic member.
//
// Secrets live in Secret and leave it in the token request, the clipboard and
// the vault alone. Never logged, never in an error: tokens, codes, client
// secrets, verifiers, states, passwords, and whatever text a server sent. What
// is kept of a server's error is its code, checked.
//
// Errors. What a user meets is a *Failure, made by Explain from the table of
// all that can go wrong: what happened, whose move it is, what to do. A failure
// never erases anything that is stored.
package auth
