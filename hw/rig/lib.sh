# SPDX-License-Identifier: Apache-2.0
# Shared by the rig's scripts: where things are cached, how a stage is limited and how it fails.
set -euo pipefail

rig=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$rig/../.." && pwd)
cache=${RIG_CACHE:-$repository/.cache/rig}
mkdir -p "$cache"

say() { printf 'rig: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# end_with STATUS: what is running ends with us.
end_with() {
    kill $(jobs -p) 2>/dev/null || true
    wait || true
    exit "$1"
}

# supervised SECONDS COMMAND…: runs a command that ends with us, even if we are killed, and at the
# latest after SECONDS.
supervised() {
    local status=0
    setpriv --pdeathsig TERM timeout --kill-after=5 "$@" &
    local pid=$!
    trap 'end_with 130' INT TERM
    wait "$pid" || status=$?
    trap - INT TERM
    return "$status"
}

# limited SECONDS STAGE COMMAND…: runs a stage; says which one failed and what it last printed.
limited() {
    local seconds=$1 stage=$2 log="$cache/$2.log" status=0 began=$SECONDS
    shift 2
    supervised "$seconds" "$@" > "$log" 2>&1 || status=$?
    if [ "$status" -eq 0 ]; then
        say "$stage: $((SECONDS - began)) s"
        return
    fi
    tail -n 40 "$log" >&2
    case $status in
    124 | 137) fail "stage '$stage' took longer than its $seconds s; whole log: $log" ;;
    *) fail "stage '$stage' failed with status $status; whole log: $log" ;;
    esac
}

# beside SECONDS STAGE COMMAND…: the same beside what follows, until `joined`.
beside() {
    setpriv --pdeathsig TERM bash -c '. "$0" && limited "$@"' "$rig/lib.sh" "$@" &
    besides=$((besides + 1))
}
besides=0

# Waits for what runs beside us; where one fails, the others end, and we do.
joined() {
    trap 'end_with 130' INT TERM
    while [ "$besides" -gt 0 ]; do
        wait -n || end_with 1
        besides=$((besides - 1))
    done
    trap - INT TERM
}

# scenarios SECONDS PROGRAM PATTERN: runs one of the rig's programs; nothing it makes outlives it.
scenarios() {
    local status=0 folder
    folder=$(mktemp -d)
    # Expanded now: at the exit the function is over, and its variable gone.
    trap "rm -rf '$folder'" EXIT
    rm -rf "$cache/out"
    mkdir -p "$cache/out"
    cd "$repository"
    supervised "$1" env RIG_CACHE="$cache" TMPDIR="$folder" python3 -B "$rig/$2" "$3" || status=$?
    case $status in
    0) ;;
    124 | 137) fail "the scenarios took longer than their $1 s; logs: $cache/out" ;;
    *) fail "scenarios failed; logs: $cache/out" ;;
    esac
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
        apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}"
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
