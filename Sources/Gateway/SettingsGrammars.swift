// SPDX-License-Identifier: Apache-2.0
// The grammars of values only a gateway has: lines, adapters, carriers.
import BLEWire
import Configuration
import DoorCore
import GuestPass
import Locks
import Radio

extension SettingsGrammar where Value == LineSpecification {
    static var line: SettingsGrammar {
        SettingsGrammar(
            rule: "CHIP/LINE [active-low] [pull-up|pull-down|bias-disabled], "
                + "as pinctrl-bcm2711/GPIO17"
        ) { text in
            do throws(LineSpecificationError) {
                return .value(try LineSpecification(text))
            } catch {
                return .wrong("is not a line: \(error)")
            }
        }
    }
}

extension SettingsGrammar where Value == AdapterAddress {
    static var adapter: SettingsGrammar {
        SettingsGrammar(rule: "a controller's address, hciN or h4:…") { text in
            do throws(AdapterAddressError) {
                return .value(try AdapterAddress(text))
            } catch {
                return .wrong("names no adapter", rule: error.rule)
            }
        }
    }
}

extension SettingsGrammar where Value == Air {
    static var air: SettingsGrammar {
        SettingsGrammar(
            "manufacturer:XXXX or service:XXXX with four hexadecimal digits",
            problem: "names no carrier"
        ) { text in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[1].utf8.count == 4,
                let bytes = Hexadecimal.decode(parts[1])
            else { return nil }
            let number = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
            switch parts[0] {
            case "manufacturer": return .manufacturer(number)
            case "service": return .service(number)
            default: return nil
            }
        }
    }
}
