#!/bin/sh
# gotest.sh LOG ARGUMENTS…: runs go test, keeps the whole output in LOG and
# shows what matters of it. With CI=true a skipped test is a failure.
set -u

log=$1
shift
mkdir -p "$(dirname "$log")"
run() {
	echo "go test $*" | cut -c1-160
	{
		go test -v "$@" 2>&1
		echo $? >"$log.status"
	} | tee "$log" | grep --line-buffered -vE '^=== |^ *--- PASS|^PASS$|no test files'
	status=$(cat "$log.status")
}

run "$@"
# Seen twice: the race detector's own runtime ended a test binary. It had found no
# race, it was broken (tsan_rtl.cpp, a check of its epochs). All that did not pass
# runs once more, and has to pass.
if [ "$status" != 0 ] && grep -q '^ThreadSanitizer: CHECK failed' "$log"; then
	mv "$log" "$log.broken"
	echo "The race detector broke, see $log.broken. What did not pass runs once more."
	run "$@"
fi

skipped=$(grep -cE '^ *--- SKIP' "$log")
passed=$(grep -cE '^--- PASS' "$log")
failed=$(grep -cE '^--- FAIL' "$log")
echo "$passed tests passed, $failed failed, $skipped skipped; the whole output is in $log"
if [ "$status" = 0 ] && [ "${CI:-}" = true ] && [ "$skipped" != 0 ]; then
	grep -E -A2 '^ *--- SKIP' "$log"
	echo "With CI=true nothing may be skipped."
	exit 1
fi
exit "$status"
