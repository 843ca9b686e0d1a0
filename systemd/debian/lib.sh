# SPDX-License-Identifier: Apache-2.0
# Shared by what packs and tests the packages. They live here, and not in a folder `debian` at the
# top, because they are built from the release build by dpkg-deb alone, beside the units they carry.
. "$(dirname "${BASH_SOURCE[0]}")/../../hw/rig/board/lib.sh"

debian=$repository/systemd/debian
packages=$repository/.cache/deb
own_suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
upstream=$(sed -n 's/.*static let text = "\(.*\)"/\1/p' \
    "$repository/Sources/CommandLineKit/Version.swift")
maintainer="Lintel <$(cat "$debian/contact")>"
[ "$(dpkg-parsechangelog -l "$debian/changelog" -S Version)" = "$upstream" ] ||
    fail "the changelog's first entry is not for $upstream"
mkdir -p "$packages"

# logged STAGE COMMAND…: runs a function of ours; says what it last printed where it fails.
logged() {
    local log=$packages/$1.log status=0
    shift
    set +e
    (set -e && "$@") > "$log" 2>&1
    status=$?
    set -e
    [ $status -eq 0 ] || { tail -n 40 "$log" >&2; fail "failed; whole log: $log"; }
}

# base SUITE [ARCH]: a cached minimal root of a Debian release; prints where it is.
base() {
    local place=$cache/debian/$1${2:+-$2}
    if [ ! -f "$place.ready" ]; then
        rm -rf "$place"
        mkdir -p "$place"
        limited 1200 "debootstrap-$1" debootstrap ${2:+--arch="$2"} --variant=minbase \
            --include=ca-certificates,debian-archive-keyring "$1" "$place" "$(mirror)"
        echo force-unsafe-io > "$place/etc/dpkg/dpkg.cfg.d/unsafe"
        touch "$place.ready"
    fi
    echo "$place"
}

# in_clean ROOT FOLDER COMMAND…: runs in a copy of a root that is gone afterwards, or with KEEP=1 in
# the root itself, with a folder of this machine at /mnt and downloads kept. The mounts live in a
# namespace of their own.
in_clean() {
    local from=$1 folder=$2
    shift 2
    mkdir -p "$cache/archives/${from##*/}"
    unshare --mount --pid --fork --kill-child bash -euc '
        from=$1 folder=$2 archives=$3
        shift 3
        mount --make-rprivate /
        mount -t tmpfs tmpfs /run
        mkdir /run/{upper,work,root}
        if [ "${KEEP:-}" ]; then
            mount --bind "$from" /run/root
        else
            mount -t overlay -o "lowerdir=$from,upperdir=/run/upper,workdir=/run/work" \
                overlay /run/root
        fi
        mount --bind "$folder" /run/root/mnt
        mount --bind "$archives" /run/root/var/cache/apt/archives
        mount -t proc proc /run/root/proc
        cp --remove-destination /etc/resolv.conf /run/root/etc/resolv.conf
        exec chroot /run/root /usr/bin/env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
            PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
    ' clean "$from" "$folder" "$cache/archives/${from##*/}" "$@"
}
