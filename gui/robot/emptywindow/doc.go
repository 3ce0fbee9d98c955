// Command emptywindow is the baseline for start-up and memory: an empty window
// of the same toolkit. Without the build tag bench it does nothing, so that
// building every package needs no cgo.
package main
