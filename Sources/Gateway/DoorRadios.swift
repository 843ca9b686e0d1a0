// SPDX-License-Identifier: Apache-2.0
// The door thread's radios: what they hear goes to the core, what becomes of them to the office.
// A radio that nothing helps may ask for a new start of the service; no lock is touched for it.
import DoorCore
import Platform
import Radio
import Timebase

extension DoorThread {
    func makeRadios() throws(SystemError) {
        for (number, receiver) in settings.receivers.enumerated() {
            let ear = Ear(receiver: ReceiverIndex(UInt8(number)), air: receiver.air)
            ears.append(ear)
            radios.append(try makeRadio(number, receiver, ear))
        }
    }

    private func makeRadio(
        _ number: Int, _ receiver: Settings.Receiver, _ ear: Ear
    ) throws(SystemError) -> Radio {
        try Radio(
            loop, receiver.configuration, decorate: decorate,
            onReports: { [unowned self] reports, moment in
                malformedReports += ear.listen(to: reports) { [unowned self] sighting in
                    take(.sighting(sighting), at: moment)
                }
                if ear.heardNeighbour { radios[number].heardNeighbour(at: moment) }
            },
            onNotice: { [unowned self] notice in
                hear(notice, from: ReceiverIndex(UInt8(number)), ear)
            })
    }

    /// Takes new settings over: rules at once, and each radio that is set otherwise is opened anew.
    func adopt(_ new: Settings) {
        let old = settings
        settings = new
        watchdogs.follow(new)
        take(.configuration(new.doors.map(\.configuration)), at: MonotonicClock.now())
        for (number, receiver) in new.receivers.enumerated()
        where receiver != old.receivers[number] {
            let ear = Ear(receiver: ReceiverIndex(UInt8(number)), air: receiver.air)
            ear.isHearing = ears[number].isHearing
            guard let radio = try? makeRadio(number, receiver, ear) else { continue }
            radios[number].stop()
            (ears[number], radios[number]) = (ear, radio)
            radio.start()
        }
    }

    private func hear(_ notice: RadioNotice, from receiver: ReceiverIndex, _ ear: Ear) {
        post(.radio(receiver, notice))
        let isHearing: Bool
        switch notice {
        case .scanning: isHearing = true
        case .failed: isHearing = false
        case .climbing(let rung, _):
            if rung == .exit { beyondHelp = receiver }
            let step = UInt8(rung.rawValue + 1)
            return take(.radioRecovery(receiver, step: step), at: MonotonicClock.now())
        case .remedyFailed, .beaconRefused: return
        }
        // The first scan is no restoration, and a radio that never heard was never lost.
        guard let before = ear.isHearing else {
            if isHearing { ear.isHearing = true }
            return
        }
        guard before != isHearing else { return }
        ear.isHearing = isHearing
        take(.radio(receiver, isHearing: isHearing), at: MonotonicClock.now())
    }

    /// Nobody is to find a door locked again in the middle of a pulse.
    func endIfBeyondHelp(_ doors: [DoorStatus]) {
        guard beyondHelp != nil, doors.allSatisfy({ $0.lock != .unlocked }) else { return }
        loop.exit(code: 1)
    }
}
