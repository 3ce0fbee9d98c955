#!/bin/sh
# vulncheck.sh TOOLS VERSION: runs govulncheck where it can be had. Only a
# vulnerability that it reports (status 3) is a failure.
set -u

tool=$1/govulncheck-$2
if [ ! -x "$tool" ] && ! sh "$(dirname "$0")/tool.sh" "$tool" "golang.org/x/vuln/cmd/govulncheck@$2" >/dev/null 2>&1; then
	echo "govulncheck cannot be had here: not run"
	exit 0
fi
"$tool" ./...
case $? in
0) ;;
3) exit 3 ;;
*) echo "govulncheck could not do its work here: not run" ;;
esac
