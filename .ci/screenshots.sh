#!/bin/sh
# screenshots.sh DEMO TOUR SERVICES TO: takes the documents' pictures from those
# of the demo and of the two tours.
set -eu

copy() {
	file=$(ls "$1"/*-"$2".png 2>/dev/null | head -1)
	[ -n "$file" ] || { echo "there is no picture of $2 in $1" >&2; exit 1; }
	cp "$file" "$3"
	echo "$3"
}
copy "$1" clipboard-cleared "$4/authorizations.png"
copy "$1" form-filled "$4/form.png"
copy "$1" sign-in-sheet "$4/sign-in.png"
for name in form-device-code form-client-credentials form-jwt-bearer form-password \
	form-refresh-token form-access-token device-sheet failure-sheet detail-pane; do
	copy "$2" "$name" "$4/$name.png"
done
copy "$3" form-hubspot "$4/form-help.png"
copy "$3" service-saved "$4/services.png"
