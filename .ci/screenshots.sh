#!/bin/sh
# screenshots.sh DEMO TOUR SERVICES LOCAL HANDOUT TO: takes the documents' pictures
# from those of the demo and of the four tours.
set -eu

copy() {
	file=$(ls "$1"/*-"$2".png 2>/dev/null | head -1)
	[ -n "$file" ] || { echo "there is no picture of $2 in $1" >&2; exit 1; }
	cp "$file" "$3"
	echo "$3"
}
copy "$1" clipboard-cleared "$6/authorizations.png"
copy "$1" form-filled "$6/form.png"
copy "$1" sign-in-sheet "$6/sign-in.png"
for name in form-device-code form-client-credentials form-jwt-bearer form-password \
	form-refresh-token form-access-token device-sheet failure-sheet detail-pane; do
	copy "$2" "$name" "$6/$name.png"
done
copy "$3" form-hubspot "$6/form-help.png"
copy "$3" service-saved "$6/services.png"
copy "$4" client-saved "$6/local-server.png"
copy "$5" consent "$6/consent.png"
copy "$5" activity-entry "$6/activity.png"
