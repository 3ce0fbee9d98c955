#!/bin/sh
# packages.sh build|test: makes sure that the system packages are there that
# building (build) or the demo and the end-to-end tests (test) need. On Debian
# and its relatives missing ones are named and installed; elsewhere the one
# line that installs them is printed when something is missing.
set -eu

group=$1

build="gcc make pkg-config libgl1-mesa-dev xorg-dev libwayland-dev libxkbcommon-dev wayland-protocols"
run="xvfb openbox xdotool x11-utils imagemagick libgl1-mesa-dri dbus gnome-keyring libsecret-tools chromium xdg-utils xclip sqlite3 npm curl glewlwyd python3-authlib python3-flask python3-requests-oauthlib oidc-agent-cli strace git r-cran-httr2"

# A program that somebody installed in another way counts as its package.
command_of() {
	case $1 in
	pkg-config | openbox | xdotool | chromium | xclip | sqlite3 | npm | curl | glewlwyd | strace | git | gcc | make) echo "$1" ;;
	xvfb) echo Xvfb ;;
	oidc-agent-cli) echo oidc-gen ;;
	*) echo "" ;;
	esac
}

debian() {
	missing=""
	for package in $1; do
		command=$(command_of "$package")
		if [ -n "$command" ] && command -v "$command" >/dev/null 2>&1; then continue; fi
		if [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ]; then continue; fi
		missing="$missing $package"
	done
	[ -n "$missing" ] || return 0

	echo "Missing system packages:$missing"
	sudo=""
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null 2>&1 || { echo "Install them as root: apt-get install --no-install-recommends$missing" >&2; exit 1; }
		sudo=sudo
		echo "Installing them with sudo apt-get."
	fi
	# No package may start a service of its own on this machine (glewlwyd would).
	policy=/usr/sbin/policy-rc.d
	if [ ! -e $policy ]; then
		printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
		$sudo chmod 755 $policy
		trap '$sudo rm -f $policy' EXIT
	fi
	$sudo apt-get update -q -o DPkg::Lock::Timeout=300
	# shellcheck disable=SC2086 # the list is meant to be split
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 $missing
}

# elsewhere COMMANDS LINE: prints the line when one of the commands is missing.
elsewhere() {
	for command in $1; do
		if ! command -v "$command" >/dev/null 2>&1; then
			echo "$command is missing. This installs what is needed:"
			echo "  $2"
			exit 1
		fi
	done
}

tools="Xvfb openbox xdotool import dbus-daemon gnome-keyring-daemon chromium xdg-open xclip sqlite3 npm glewlwyd python3 oidc-gen strace"

if command -v apt-get >/dev/null 2>&1; then
	case $group in
	build) debian "$build" ;;
	test) debian "$run" ;;
	esac
elif command -v dnf >/dev/null 2>&1; then
	case $group in
	build) elsewhere "gcc make pkg-config" "sudo dnf install gcc make pkgconf-pkg-config mesa-libGL-devel libX11-devel libXcursor-devel libXrandr-devel libXinerama-devel libXi-devel libXxf86vm-devel wayland-devel libxkbcommon-devel wayland-protocols-devel" ;;
	test) elsewhere "$tools" "sudo dnf install xorg-x11-server-Xvfb openbox xdotool xwininfo ImageMagick mesa-dri-drivers dbus-daemon gnome-keyring libsecret chromium xdg-utils xclip sqlite npm curl strace python3-authlib python3-flask python3-requests-oauthlib oidc-agent-cli   # and glewlwyd from https://github.com/babelouest/glewlwyd" ;;
	esac
elif command -v pacman >/dev/null 2>&1; then
	case $group in
	build) elsewhere "gcc make pkg-config" "sudo pacman -S --needed gcc make pkgconf libgl libx11 libxcursor libxrandr libxinerama libxi libxxf86vm wayland libxkbcommon wayland-protocols" ;;
	test) elsewhere "$tools" "sudo pacman -S --needed xorg-server-xvfb openbox xdotool xorg-xwininfo imagemagick mesa dbus gnome-keyring libsecret chromium xdg-utils xclip sqlite npm curl strace python-authlib python-flask python-requests-oauthlib   # and glewlwyd and oidc-agent from the AUR" ;;
	esac
elif [ "$(uname)" = Darwin ]; then
	case $group in
	build) elsewhere "cc make" "xcode-select --install" ;;
	test) echo "The demo and the end-to-end tests need Linux (Xvfb and a Secret Service): run them in a Debian 12 container or virtual machine." >&2; exit 1 ;;
	esac
else
	echo "This system's packages are not known here; $group needs what the Debian packages contain:"
	if [ "$group" = build ]; then echo "  $build"; else echo "  $run"; fi
fi
