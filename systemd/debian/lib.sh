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
