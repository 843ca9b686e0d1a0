// SPDX-License-Identifier: Apache-2.0
// Lights and buzzer of a door. Every denial looks and sounds the same: a stranger learns nothing
// from it.
import Timebase

/// When an output is on: `on` out of every `period`, from `since` until `until`.
struct Blink: Hashable, Sendable {
    let since: Instant
    let until: Instant
    let on: Interval
    let period: Interval

    static let dark = Blink(since: .origin, until: .origin, on: .zero, period: .seconds(1))

    static func steady(from since: Instant, until: Instant) -> Blink {
        Blink(since: since, until: until, on: .seconds(1), period: .seconds(1))
    }

    func isOver(at now: Instant) -> Bool { now >= until }

    func isOn(at now: Instant) -> Bool {
        !isOver(at: now) && (now - since).nanoseconds % period.nanoseconds < on.nanoseconds
    }

    /// The next moment at which it switches.
    func change(after now: Instant) -> Instant? {
        guard !isOver(at: now) else { return nil }
        guard on < period else { return until == .never ? nil : until }
        let phase = (now - since).nanoseconds % period.nanoseconds
        let next = phase < on.nanoseconds ? on.nanoseconds : period.nanoseconds
        return min(until, now + .nanoseconds(next - phase))
    }
}

/// What the lights and the buzzer of one door show.
struct DoorIndicators: Sendable {
    private struct Output: Sendable {
        let line: LineIndex?
        var blink = Blink.dark
        var isOn = false

        func change(after now: Instant) -> Instant? {
            line == nil ? nil : blink.change(after: now)
        }

        mutating func show(_ isOn: Bool, into effects: inout Effects) {
            guard let line, isOn != self.isOn else { return }
            self.isOn = isOn
            effects.append(.indicate(line, isOn: isOn))
        }
    }

    private var granted: Output
    private var denied: Output
    private var preAlarm: Output
    private var fault: Output
    private var buzzer: Output
    private var alarmSound = Blink.dark
    private var deniedSound = Blink.dark
    private var grantedSound = Blink.dark
    private var preAlarmSound = Blink.dark

    init(_ configuration: DoorConfiguration) {
        granted = Output(line: configuration.grantedLight)
        denied = Output(line: configuration.deniedLight)
        preAlarm = Output(line: configuration.preAlarmLight)
        fault = Output(line: configuration.faultLight)
        buzzer = Output(line: configuration.buzzer)
    }

    mutating func grant(at now: Instant, until: Instant) {
        granted.blink = .steady(from: now, until: until)
        grantedSound = .steady(from: now, until: now + .milliseconds(100))
    }

    mutating func endGrant() { granted.blink = .dark }

    /// One second of light and two short beeps; a denial during a denial adds nothing.
    mutating func deny(at now: Instant) {
        guard denied.blink.isOver(at: now) else { return }
        denied.blink = .steady(from: now, until: now + Limits.deniedLightFor)
        deniedSound = Blink(
            since: now, until: now + .milliseconds(400), on: .milliseconds(100),
            period: .milliseconds(200))
    }

    /// The grant light blinks, for an installer to find the door.
    mutating func identify(at now: Instant) {
        granted.blink = Blink(
            since: now, until: now + Limits.identifyFor, on: .milliseconds(250),
            period: .milliseconds(500))
    }

    /// The door has been open for 80 % of its limit: light, and a beep every second.
    mutating func setPreAlarm(_ isOn: Bool, at now: Instant) {
        guard preAlarm.blink.isOver(at: now) == isOn else { return }
        preAlarm.blink = isOn ? .steady(from: now, until: .never) : .dark
        preAlarmSound =
            isOn
            ? Blink(since: now, until: .never, on: .milliseconds(100), period: .seconds(1)) : .dark
    }

    /// Held or forced: half a second on, half a second off.
    mutating func setAlarm(until: Instant?, at now: Instant) {
        guard (until ?? Blink.dark.until) != alarmSound.until else { return }
        alarmSound =
            until.map {
                Blink(since: now, until: $0, on: .milliseconds(500), period: .seconds(1))
            } ?? .dark
    }

    mutating func setFault(_ isOn: Bool, at now: Instant) {
        guard fault.blink.isOver(at: now) == isOn else { return }
        fault.blink = isOn ? .steady(from: now, until: .never) : .dark
    }

    /// Switches whatever has changed.
    /// - Returns: when the next output changes.
    mutating func show(at now: Instant, into effects: inout Effects) -> Instant? {
        granted.show(granted.blink.isOn(at: now), into: &effects)
        denied.show(denied.blink.isOn(at: now), into: &effects)
        preAlarm.show(preAlarm.blink.isOn(at: now), into: &effects)
        fault.show(fault.blink.isOn(at: now), into: &effects)
        buzzer.blink = sound(at: now)
        buzzer.show(buzzer.blink.isOn(at: now), into: &effects)
        var next = granted.change(after: now)
        next = .earlier(next, denied.change(after: now))
        next = .earlier(next, preAlarm.change(after: now))
        next = .earlier(next, fault.change(after: now))
        return .earlier(next, buzzer.change(after: now))
    }

    private func sound(at now: Instant) -> Blink {
        if !alarmSound.isOver(at: now) { return alarmSound }
        if !deniedSound.isOver(at: now) { return deniedSound }
        if !grantedSound.isOver(at: now) { return grantedSound }
        return preAlarmSound
    }
}
