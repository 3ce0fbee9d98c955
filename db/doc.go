// Package db is everything that touches the disk: the SQLite database, its
// migrations, the vault and the keyring, lock files and spill files. It
// implements auth.Store and auth.Vault.
//
// # Durability
//
// A write that returned nil is on the disk (WAL, synchronous=FULL). A write
// that returned an error did not happen. Every exported method that writes is
// one immediate transaction on the one writing connection; reading has a pool
// of its own, which can't write.
//
// # Processes
//
// A DB is safe for concurrent use by goroutines, and several processes may
// open the same folder: SQLite keeps their writes apart, generations keep late
// ones out (auth.ErrStale), and Lock excludes over all of them. Own gives the
// folder to one program at a time. Nobody but SQLite may open the database
// file: not to copy it, not to look at it. When its name points to another file,
// or to none, nothing more is written (auth.ErrFileReplaced). Before a migration
// SQLite copies it to the folder of backups.
//
// # What is sealed
//
// Client secrets, extra parameters and tokens are sealed with the vault's data
// key. Every plain column that the engine acts on is bound to a seal:
// authorization_configs.sealed for the configuration, authorization_status.seal
// for the running state, deletion included, refresh_attempts.pad for the open
// attempt, revoke_queue.sealed for the queue. A row is checked as a whole each
// time it is loaded or changed, unless this process has done so before and SQLite
// says that no other connection has written since; when anything differs the
// call gives auth.ErrChangedOutside, the row is marked, and the others go on.
// Columns of a later version are bound as soon as they are used, so that older
// seals hold while the vault is locked during a migration. Free are notes, last
// use, creation, the history, the activity and the settings. Putting a whole
// row, or the whole file, back to an older copy is not found: that would need a
// counter outside of the file.
//
// The list reads plain columns alone, unchecked: it is for showing.
//
// # Errors
//
// Errors of the driver come as auth.ErrStorage, or auth.ErrNameTaken, told
// apart by their codes. No error and no log line holds a value of a row.
package db
