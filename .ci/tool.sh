#!/bin/sh
# tool.sh FILE MODULE@VERSION: installs a Go program at a fixed version as FILE.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo "Installing $2"
GOFLAGS="" GOBIN=$dir go install "$2"
mkdir -p "$(dirname "$1")"
mv "$dir"/* "$1"
