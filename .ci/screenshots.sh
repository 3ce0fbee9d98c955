#!/bin/sh
# screenshots.sh DEMO TOUR TO: takes the documents' pictures from those of the
# demo and of the tour.
set -eu

copy() {
	file=$(ls "$1"/*-"$2".png 2>/dev/null | head -1)
	[ -n "$file" ] || { echo "there is no picture of $2 in $1" >&2; exit 1; }
	cp "$file" "$3"
	echo "$3"
}
copy "$1" clipboard-cleared "$3/authorizations.png"
copy "$1" form-filled "$3/form.png"
copy "$1" sign-in-sheet "$3/sign-in.png"
for name in form-device-code form-client-credentials form-jwt-bearer form-password \
	form-refresh-token form-access-token device-sheet failure-sheet detail-pane; do
	copy "$2" "$name" "$3/$name.png"
done
