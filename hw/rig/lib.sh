# SPDX-License-Identifier: Apache-2.0
# Shared by the rig's scripts: where things are cached, how a stage is limited and how it fails.
set -euo pipefail

rig=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$rig/../.." && pwd)
cache=${RIG_CACHE:-$repository/.cache/rig}
mkdir -p "$cache"

say() { printf 'rig: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# limited SECONDS STAGE COMMAND…: runs a stage; says which one failed and what it last printed.
limited() {
    local seconds=$1 stage=$2 log="$cache/$2.log" status=0
    shift 2
    timeout --kill-after=5 "$seconds" "$@" > "$log" 2>&1 &
    local pid=$!
    trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM
    wait "$pid" || status=$?
    trap - INT TERM
    if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
        tail -n 40 "$log" >&2
        fail "stage '$stage' took longer than its $seconds s; whole log: $log"
    elif [ "$status" -ne 0 ]; then
        tail -n 40 "$log" >&2
        fail "stage '$stage' failed with status $status; whole log: $log"
    fi
}

# need PACKAGE…: installs what is missing as root, names it and the command otherwise.
need() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" -ne 0 ]; then
        fail "missing packages; run: sudo apt-get install --no-install-recommends ${missing[*]}"
    fi
    say "installing from apt: ${missing[*]}"
    limited 600 apt-install env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}"
}

# Unpacks the .debs of the packages named, at the version apt would install, into a directory.
unpack_debs() {
    local into=$1 downloads
    shift
    downloads=$(mktemp -d "$cache/debs.XXXXXX")
    chmod 755 "$downloads"
    (cd "$downloads" && apt-get -q -o APT::Sandbox::User=root download "$@")
    mkdir -p "$into"
    for deb in "$downloads"/*.deb; do dpkg-deb -x "$deb" "$into"; done
    rm -r "$downloads"
}
