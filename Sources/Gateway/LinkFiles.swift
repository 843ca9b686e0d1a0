// SPDX-License-Identifier: Apache-2.0
// The files that prove to the broker who the gateway is, and to the gateway who the broker is.
// They are read by the MQTT library at each connection; whether a reload has anything new for it is
// seen by their contents.
import Platform

/// What the files held when they were last looked at.
struct LinkFiles: Equatable {
    private let contents: [[UInt8]?]

    init(_ settings: Settings) {
        contents = [settings.authorityFile, settings.certificateFile, settings.keyFile].map {
            try? StateFile.read($0, bytesMax: Limits.identityFileBytesMax)
        }
    }
}
