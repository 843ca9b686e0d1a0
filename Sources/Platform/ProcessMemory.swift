// SPDX-License-Identifier: Apache-2.0

import CSystemd

/// How this process treats its memory.
public enum ProcessMemory {
    /// Gives each block of 64 KiB and more a mapping of its own, so that freeing it returns it to
    /// the system (`mallopt(3)`, M_MMAP_THRESHOLD). glibc by itself raises this limit with every
    /// large block freed: tables and snapshots that are replaced for months would leave holes.
    public static func returnLargeBlocks() {
        _ = mallopt(M_MMAP_THRESHOLD, Limits.ownMappingBytesMin)
    }
}
