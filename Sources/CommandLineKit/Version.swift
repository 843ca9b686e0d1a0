// SPDX-License-Identifier: Apache-2.0

/// The release these sources are; packages and protocols take it from here.
public enum Version {
    public static let text = "0.1.0"
}
