// SPDX-License-Identifier: Apache-2.0
// The files that prove to the broker who the gateway is, and to the gateway who the broker is.
// They are read by the MQTT library at each connection; whether a reload has anything new for it is
// seen without reading them: a private key is in memory nowhere but in the library.
import Platform

/// Which files they were when they were last looked at.
struct LinkFiles: Equatable {
    private let identities: [StateFile.Identity?]

    init(_ settings: Settings) {
        identities = [settings.authorityFile, settings.certificateFile, settings.keyFile].map {
            StateFile.identity($0)
        }
    }
}
