// SPDX-License-Identifier: Apache-2.0
// The account in Prometheus' text format 0.0.4: what a fleet is watched by. Names follow its
// conventions (base units, `_total` for what only rises); nothing here tells guests apart.
import DoorCore
import Platform
import Radio
import Timebase

/// Metric families as text.
struct MetricsText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String {
        case counter
        case gauge
    }

    private(set) var text = ""

    /// One family with samples that differ in one label.
    mutating func add(
        _ name: String, _ kind: Kind, _ help: String, by label: String,
        _ samples: [(value: String, number: UInt64)]
    ) {
        begin(name, kind, help)
        for sample in samples {
            text += "\(name){\(label)=\"\(Self.escaped(sample.value))\"} \(sample.number)\n"
        }
    }

    /// One family with samples that differ in two labels.
    mutating func add(
        _ name: String, _ kind: Kind, _ help: String, by labels: (String, String),
        _ samples: [(first: String, second: String, number: UInt64)]
    ) {
        begin(name, kind, help)
        for sample in samples {
            text += "\(name){\(labels.0)=\"\(Self.escaped(sample.first))\","
            text += "\(labels.1)=\"\(Self.escaped(sample.second))\"} \(sample.number)\n"
        }
    }

    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ number: UInt64) {
        begin(name, kind, help)
        text += "\(name) \(number)\n"
    }

    mutating func add(seconds name: String, _ kind: Kind, _ help: String, _ time: Interval) {
        begin(name, kind, help)
        let thousandths = String(time.milliseconds % 1_000 + 1_000).dropFirst()
        text += "\(name) \(time.milliseconds / 1_000).\(thousandths)\n"
    }

    private mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}

extension GatewayAccount {
    func metrics(at now: Instant) -> String {
        var page = MetricsText()
        addDoors(to: &page)
        addRadios(to: &page)
        addMachine(to: &page, at: now)
        addOffice(to: &page)
        return page.text
    }

    private func addDoors(to page: inout MetricsText) {
        let core = figures.core
        page.add(
            "lintel_passes_heard_total", .counter, "Adverts with a pass in them.",
            core.passesHeard)
        page.add(
            "lintel_passes_foreign_total", .counter, "Passes nobody here has.", core.passesForeign)
        page.add(
            "lintel_passes_authentic_total", .counter, "Passes proven genuine and fresh.",
            core.passesAuthentic)
        page.add(
            "lintel_denials_total", .counter, "Passes not let in.", by: "reason",
            zip(DenialReason.allCases, core.denials).map { ("\($0)", $1) })
        page.add("lintel_unlocks_total", .counter, "Passes let in.", core.unlocks)
        page.add(
            "lintel_tracks_evicted_total", .counter, "Guests no longer followed for want of room.",
            core.tracksEvicted)
        page.add(
            "lintel_events_total", .counter, "Events of the audit.", by: "event",
            trail.counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        page.add(
            "lintel_door_unlocked", .gauge, "Whether the lock is energised.", by: "door",
            doors.map { ($0.door.name, $0.status.lock == .unlocked ? 1 : 0) })
        page.add(
            "lintel_door_alarms", .gauge, "Alarms that last.", by: "door",
            doors.map { ($0.door.name, UInt64($0.status.alarms.list.count)) })
        page.add(
            "lintel_guard_overruns_total", .counter, "Lines the pulse guard put to rest.",
            overruns)
        page.add(
            "lintel_line_faults_total", .counter, "Lines that could not be read or driven.",
            lineFaults)
    }

    private func addRadios(to page: inout MetricsText) {
        let names = settings.receivers.map(\.configuration.name)
        page.add(
            "lintel_radio_hearing", .gauge, "Whether the radio scans.", by: "radio",
            radioStates.map { ($0.name, $0.state == .scanning ? 1 : 0) })
        let families: [(String, String, (RadioCounters) -> UInt64)] = [
            ("packets_received", "Packets from the controller.", \.transport.packetsReceived),
            ("packets_dropped", "Packets the kernel dropped.", \.transport.packetsDropped),
            ("packets_malformed", "Packets nobody can read.", \.transport.packetsMalformed),
            ("losses_of_step", "Times a stream fell out of step.", \.transport.lossesOfStep),
            ("command_timeouts", "Commands left unanswered.", \.session.commandTimeouts),
            ("beacon_refusals", "Beacons refused.", \.session.beaconRefusals),
            ("foreign_answers", "Answers to others' commands.", \.session.foreignAnswers),
            ("events_malformed", "Events nobody can read.", \.session.malformedEvents),
            ("openings", "Attempts to open the adapter.", \.openings),
            ("failures", "Times the adapter was lost or not to be had.", \.failures),
            ("remedies_failed", "Recovery steps that were not possible.", \.remediesFailed),
        ]
        for (name, help, value) in families {
            page.add(
                "lintel_radio_\(name)_total", .counter, help, by: "radio",
                zip(names, figures.radios).map { ($0, value($1)) })
        }
        page.add(
            "lintel_radio_climbs_total", .counter, "Steps of the recovery ladder climbed.",
            by: ("radio", "step"),
            zip(names, figures.radios).flatMap { name, radio in
                RecoveryRung.allCases.map { (name, "\($0)", radio.climbs($0)) }
            })
        page.add(
            "lintel_reports_malformed_total", .counter, "Advertising reports cut short.",
            figures.malformedReports)
    }

    private func addMachine(to page: inout MetricsText, at now: Instant) {
        page.add(
            "lintel_queue_lost_total", .counter, "Messages between the threads that were lost.",
            by: "queue",
            [("office", UInt64(figures.reportsLost)), ("doors", UInt64(ordersLost))])
        page.add(
            "lintel_snapshot_epoch", .gauge, "Epoch of the snapshot the doors work with.",
            figures.epoch)
        if let snapshot {
            page.add(
                seconds: "lintel_snapshot_issued_timestamp_seconds", .gauge,
                "When the snapshot was issued.", .milliseconds(snapshot.issued.milliseconds))
            page.add(
                "lintel_credentials", .gauge, "Passes in the snapshot.",
                UInt64(snapshot.credentials))
        }
        page.add(
            "lintel_clock_state", .gauge, "How far the clock is believed.", by: "state",
            [ClockState.untrusted, .holdover, .trusted].map {
                ("\($0)", $0 == figures.clock ? 1 : 0)
            })
        page.add(
            "lintel_clock_readings_rejected_total", .counter, "Clock readings not believed.",
            figures.clockReadingsRejected)
        page.add(
            "lintel_watchdog_feeds_total", .counter, "Times the watchdogs were fed.",
            figures.watchdogs.fed)
        page.add(
            "lintel_watchdog_withheld_total", .counter, "Times something stood still instead.",
            figures.watchdogs.withheld)
        page.add(
            "lintel_office_silences_total", .counter, "Times the office did not answer.",
            figures.watchdogs.officeSilences)
        page.add(
            seconds: "lintel_doors_age_seconds", .gauge, "Age of the doors' last figures.",
            now - figuresAt)
        page.add(
            seconds: "lintel_uptime_seconds", .gauge, "Since the service started.",
            now - startedAt)
        page.add(
            "process_resident_memory_bytes", .gauge, "Memory in RAM.", Self.residentBytes)
        page.add(
            seconds: "process_cpu_seconds_total", .counter, "Processor time.",
            Self.processorTime)
    }

    private func addOffice(to page: inout MetricsText) {
        page.add(
            "lintel_api_replies_total", .counter, "Answers of the local API.", by: "code",
            replies.sorted { $0.key < $1.key }.map { ("\($0.key)", $0.value) })
        page.add(
            "lintel_api_followers", .gauge, "Readers that follow the events.", UInt64(followers))
        page.add(
            "lintel_api_followers_dropped_total", .counter, "Readers too slow to follow.",
            followersDropped + readersStalled)
        page.add(
            "lintel_orders_failed_total", .counter, "Orders without an answer.", ordersFailed)
        addHotel(to: &page)
    }

    private func addHotel(to page: inout MetricsText) {
        page.add(
            "lintel_journal_events", .gauge, "Events kept on the disk.",
            UInt64(clamping: journal.kept))
        page.add(
            "lintel_journal_events_written_total", .counter, "Events written to the disk.",
            journal.stored)
        page.add(
            "lintel_journal_commits_total", .counter, "Writes to the disk.", journal.commits)
        page.add(
            "lintel_journal_failures_total", .counter, "Writes that failed.", journal.failures)
        page.add(
            "lintel_journal_lost_total", .counter, "Events the hotel will never have.",
            by: "reason", [("evicted", journal.evicted), ("unwritten", journal.unwritten)])
        guard let linkState else { return }
        page.add(
            "lintel_hotel_connected", .gauge, "Whether the hotel's broker is reached.",
            linkState == .connected ? 1 : 0)
        page.add(
            "lintel_hotel_connections_total", .counter, "Connections made.", link.connections)
        page.add(
            "lintel_hotel_failures_total", .counter, "Connections lost or not made.",
            link.failures)
        page.add(
            "lintel_hotel_events_sent_total", .counter, "Events sent, repeats included.",
            link.eventsSent)
        page.add(
            "lintel_hotel_resends_total", .counter, "Times sending began again.", link.resends)
        page.add(
            "lintel_hotel_events_waiting", .gauge, "Events the hotel has not acknowledged.",
            UInt64(clamping: unacknowledged ?? 0))
        page.add(
            "lintel_hotel_messages_refused_total", .counter, "Messages not believed.",
            by: "topic", messagesRefused.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        page.add(
            "lintel_hotel_commands_total", .counter, "Commands by outcome.", by: "outcome",
            commands.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}
