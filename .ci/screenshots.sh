#!/bin/sh
# screenshots.sh DEMO TOUR SERVICES LOCAL TO: takes the documents' pictures from those
# of the demo and of the three tours.
set -eu

copy() {
	file=$(ls "$1"/*-"$2".png 2>/dev/null | head -1)
	[ -n "$file" ] || { echo "there is no picture of $2 in $1" >&2; exit 1; }
	cp "$file" "$3"
	echo "$3"
}
copy "$1" clipboard-cleared "$5/authorizations.png"
copy "$1" form-filled "$5/form.png"
copy "$1" sign-in-sheet "$5/sign-in.png"
for name in form-device-code form-client-credentials form-jwt-bearer form-password \
	form-refresh-token form-access-token device-sheet failure-sheet detail-pane; do
	copy "$2" "$name" "$5/$name.png"
done
copy "$3" form-hubspot "$5/form-help.png"
copy "$3" service-saved "$5/services.png"
copy "$4" client-saved "$5/local-server.png"
