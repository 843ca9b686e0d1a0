// SPDX-License-Identifier: Apache-2.0
// INI files with units in their values and findings that name file, line, value, rule and
// consequence: shared by gateway and hotel server.
