// SPDX-License-Identifier: Apache-2.0
// What a radio does about a sick adapter: every failure and every silence goes through the
// recovery ladder, which says whether a rung is due; the rung's remedy is applied when the adapter
// is opened next. The kernel's word on the adapter shortens the wait where there is one.

import BLEWire
import Platform
import Timebase

extension Radio {
    /// A gateway's beacon was heard: while others are expected, silence is believed less long.
    public func heardNeighbour(at moment: Instant) { ladder.hearNeighbour(at: moment) }

    /// Climbs because nothing was heard.
    ///
    /// - Returns: whether the adapter was given up for now.
    func isSilent(at now: Instant) -> Bool {
        let silence = RadioFailure.silent(ladder.silence(at: now))
        guard let rung = ladder.advance(to: now) else { return false }
        if rung == .restartScan {
            handleNotice(.climbing(rung, because: silence))
            session?.restartScan()
            return false
        }
        recover(from: silence, by: rung, at: now)
        return true
    }

    func fail(_ failure: RadioFailure, at now: Instant) {
        recover(from: failure, by: ladder.fail(failure.trouble, at: now), at: now)
    }

    private func recover(from failure: RadioFailure, by rung: RecoveryRung?, at now: Instant) {
        past.failures += 1
        close()
        let delay = backoff.fail(at: now)
        state = .waiting(failure, until: now + delay)
        dueRemedy = rung ?? dueRemedy
        notice(.failed(failure, retryIn: delay))
        if let rung { handleNotice(.climbing(rung, because: failure)) }
        arm()
    }

    func failed(_ remedy: RecoveryRung, _ refusal: AdapterError) {
        past.remediesFailed += 1
        handleNotice(.remedyFailed(remedy, refusal))
    }

    /// The same failure again is no news.
    func notice(_ notice: RadioNotice) {
        if case .failed(let failure, _) = notice, case .failed(failure, _)? = noticed { return }
        noticed = notice
        handleNotice(notice)
    }

    // MARK: - The kernel's word

    /// A user channel is hidden from the management interface: its socket tells alone.
    func watchAdapter() {
        switch configuration.adapter {
        case .device, .index: break
        case .serial, .tcp, .unix: return
        }
        guard configuration.channel == .raw else { return }
        watch = AdapterWatch(loop) { [unowned self] index, event in hear(event, of: index) }
    }

    func hear(_ event: ManagementEvent, of index: UInt16) {
        let now = MonotonicClock.now()
        let isOurs = transport?.adapter?.index == index
        switch event {
        case .controllerError(let code) where isOurs:
            fail(.controller(.hardwareError(code: code)), at: now)
        case .indexRemoved where isOurs, .settings(isPowered: false) where isOurs:
            fail(.adapter(.lost(adapter)), at: now)
        case .indexAdded:
            // Perhaps ours, perhaps under another index: looking costs nothing.
            if case .waiting(.adapter(let error), _) = state, error.isAbsence { open(at: now) }
        case .controllerError, .indexRemoved, .settings, .answer, .other: break
        }
    }
}

extension RadioFailure {
    /// What it says about the adapter.
    var trouble: RecoveryLadder.Trouble {
        switch self {
        case .controller, .silent, .adapter(.down): .broken
        case .adapter(.blocked(_, isHard: false)): .blocked
        case .adapter: .gone
        }
    }
}

extension AdapterError {
    /// It is or was not there.
    fileprivate var isAbsence: Bool {
        switch self {
        case .missing, .lost: true
        case .noBluetooth, .busy, .down, .blocked, .notPermitted, .notResettable, .system: false
        }
    }
}

extension AdvertisingReports {
    /// Whether an event of `eventBytes` has more in it than the fixed fields of its reports:
    /// empty adverts are no sign of life.
    func carryData(inEventOf eventBytes: Int) -> Bool {
        let reportBytes =
            switch format {
            case .legacy: 10
            case .extended: 24
            }
        return eventBytes > 4 + count * reportBytes
    }
}
