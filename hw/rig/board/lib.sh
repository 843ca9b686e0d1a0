# SPDX-License-Identifier: Apache-2.0
# Shared by the board rig: where Debian 13, the arm64 sysroot and the builds live.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

board=$cache/board
root=$board/root
sysroot=$board/sysroot
sdks=$board/sdks
suite=trixie
triple=aarch64-linux-gnu
lintel=$board/build/aarch64-unknown-linux-gnu/release/lintel
mkdir -p "$board"

# The mirror this machine's own apt is configured for.
mirror() {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' |
        grep -v security | head -n 1
}

# The C libraries of the package, as its manifest names them for apt.
libraries() { sed -n 's/.*apt: "\([a-z0-9.+-]*\)").*/\1/p' "$repository/Package.swift"; }

# in_root COMMAND…: runs in Debian 13, with this repository at its own path and the cache beside
# it. The mounts live in a namespace of their own: nothing is left behind, however it ends.
in_root() {
    mkdir -p "$root$repository" "$root$cache"
    unshare --mount --pid --fork --kill-child bash -euc '
        root=$1 repository=$2 cache=$3
        shift 3
        mount --make-rprivate /
        mount -t proc proc "$root/proc"
        mount -t devpts devpts "$root/dev/pts"
        mount --bind "$repository" "$root$repository"
        mkdir -p "$root$cache"
        mount --bind "$cache" "$root$cache"
        cd "$repository"
        exec chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
            PATH=/usr/libexec/swift/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            bash -euc '\''cd "$0" && exec "$@"'\'' "$repository" "$@"
    ' enter "$root" "$repository" "$cache" "$@"
}
