#!/bin/sh
# screenshots.sh FROM TO: takes the documents' pictures from those of the demo.
set -eu

copy() {
	file=$(ls "$1"/*-"$2".png 2>/dev/null | head -1)
	[ -n "$file" ] || { echo "the demo left no picture of $2" >&2; exit 1; }
	cp "$file" "$3"
	echo "$3"
}
copy "$1" clipboard-cleared "$2/authorizations.png"
copy "$1" form-filled "$2/form.png"
copy "$1" sign-in-sheet "$2/sign-in.png"
