package main

import "io/fs"

// socketsLookOdd: a socket is a reparse point here, whose type Go does not tell.
const socketsLookOdd = true

// ownerOf can't tell: the user's own folders are closed to others by their access lists.
func ownerOf(fs.FileInfo) (name string, mine bool) { return "", true }

// openTo has nothing to say: modes are made up here.
func openTo(fs.FileInfo) fs.FileMode { return 0 }

// namesOf does not count.
func namesOf(fs.FileInfo) uint64 { return 1 }
