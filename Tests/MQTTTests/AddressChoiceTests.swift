// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import MQTT

@Suite("The choice of a broker's address")
struct AddressChoiceTests {
    /// Whether each of the next attempts, all in vain, goes over IPv4 alone.
    private func tries(_ count: Int, _ choice: inout AddressChoice) -> [Bool] {
        (0..<count).map { _ in
            defer { choice.failed() }
            return choice.overIPv4
        }
    }

    @Test("A broker never reached is tried both ways in turn, what the system prefers first")
    func alternates() {
        var choice = AddressChoice()
        #expect(tries(4, &choice) == [false, true, false, true])
    }

    @Test("What worked is tried again first and mostly, and the other now and then")
    func keeps() {
        var choice = AddressChoice()
        choice.failed()
        choice.succeeded()
        #expect(tries(9, &choice) == [true, true, true, true, false, true, true, true, false])
        choice.succeeded()
        #expect(tries(3, &choice) == [true, true, true])
    }
}
