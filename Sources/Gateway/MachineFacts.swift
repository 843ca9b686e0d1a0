// SPDX-License-Identifier: Apache-2.0
// The machine under the gateway, as the kernel describes it without a file: a hardened unit sees
// little of /proc.
import CommandLineKit
import Glibc

enum MachineFacts {
    static func line() -> String {
        var line = JSONLine()
        line.add("part", "machine")
        var name = utsname()
        if uname(&name) == 0 {
            line.add("system", text(of: name.sysname))
            line.add("release", text(of: name.release))
            line.add("kernel", text(of: name.version))
            line.add("architecture", text(of: name.machine))
        }
        line.add("processors", sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let pageBytes = sysconf(Int32(_SC_PAGESIZE))
        line.add("memoryBytes", sysconf(Int32(_SC_PHYS_PAGES)) * pageBytes)
        line.add("memoryFreeBytes", sysconf(Int32(_SC_AVPHYS_PAGES)) * pageBytes)
        var uptime = timespec()
        if clock_gettime(CLOCK_BOOTTIME, &uptime) == 0 {
            line.add("uptimeSeconds", uptime.tv_sec)
        }
        var load = 0.0
        if getloadavg(&load, 1) == 1 { line.add("load", units: Int64(load * 100), places: 2) }
        line.add("residentBytes", GatewayAccount.residentBytes)
        return line.text
    }

    /// A C array of characters up to its zero.
    private static func text<Field>(of field: Field) -> String {
        withUnsafeBytes(of: field) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
