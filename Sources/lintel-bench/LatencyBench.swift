// SPDX-License-Identifier: Apache-2.0
// From the controller's bytes to the lock's line, beside the least any gateway would have to do:
// the same bytes over the same kind of socket, by turns, so that both meet the same machine.
import Glibc
import Platform
import Rig
import Timebase

struct LatencyBench {
    /// The program built from Tests/Benchmarks/reference.c.
    let reference: String
    let folder: String
    let unlocks: Int

    /// Nanoseconds of every unlock and of every turn of the reference, as one JSON object.
    func run() throws -> String {
        let air = try BenchAir(folder: folder)
        let loop = try ReferenceLoop(reference, socket: "\(folder)/reference")
        // A controller's interrupt waits for nobody either.
        let refusal = Self.preferThisThread()
        var product: [Int64] = []
        var bare: [Int64] = []
        while product.count < unlocks {
            // Three seconds of pulse, one of rest: the guest meanwhile stands there, not tapping.
            for _ in 0..<2 {
                try air.pass(.seconds(2))
                _ = try air.hear([.moving])
            }
            usleep(200 + UInt32.random(in: 0..<800))
            let heard = try air.hear([.moving, .tapped])
            guard let lineSetAt = heard.lineSetAt else {
                throw Unmeasured("a guest who stood at the door and tapped did not get in")
            }
            product.append((lineSetAt - heard.sentAt).nanoseconds)
            let packet = try air.advert([.moving, .tapped])
            usleep(200 + UInt32.random(in: 0..<800))
            bare.append(try loop.turn(packet).nanoseconds)
        }
        let isRealTime = refusal == 0 && air.schedulingRefusal == nil
        return "{\"lintel\":\(product),\"reference\":\(bare),\"realTime\":\(isRealTime)}"
    }

    /// - Returns: the errno with which that was refused, or 0.
    private static func preferThisThread() -> Int32 {
        var parameters = sched_param(sched_priority: 20)
        return pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters)
    }
}

/// The bare loop in C, a process of its own.
final class ReferenceLoop {
    private let port: ControllerPort
    private let stream: FileDescriptor
    private let process: pid_t

    init(_ program: String, socket: String) throws {
        port = try ControllerPort(path: socket)
        process = try Self.start([program, "loop", socket])
        stream = try accepted(port.descriptor)
    }

    deinit {
        kill(process, SIGTERM)
        waitpid(process, nil, 0)
    }

    /// Sends the packet and waits until the reference has set its line.
    func turn(_ packet: [UInt8]) throws -> Interval {
        let sentAt = MonotonicClock.now()
        _ = try packet.withUnsafeBytes { try stream.write($0) }
        try poll(stream, for: POLLIN)
        var moment: Int64 = 0
        try withUnsafeMutableBytes(of: &moment) { bytes in
            guard case .bytes(bytes.count) = try stream.read(into: bytes) else {
                throw Unmeasured("the reference loop ended")
            }
        }
        return Instant(nanoseconds: moment) - sentAt
    }

    private static func start(_ words: [String]) throws -> pid_t {
        var process = pid_t()
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        let failure = posix_spawn(&process, words[0], nil, nil, &arguments, environ)
        guard failure == 0 else {
            throw SystemError(call: "start", subject: words[0], errno: failure)
        }
        return process
    }
}
