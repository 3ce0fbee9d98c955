//go:build !bench

package main

func main() {}
