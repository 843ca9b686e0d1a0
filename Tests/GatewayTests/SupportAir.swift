// SPDX-License-Identifier: Apache-2.0
// A controller in this process, at the far end of a gateway's `h4:unix:` adapter.
import Platform
import Rig
import Synchronization
import Timebase

@testable import Gateway

/// A controller in a room with one other device, or with none.
final class RoomAir: Sendable {
    private let isStopping = Flag()
    private let count = Atomic<Int>(0)
    private let thread = Mutex<Platform.Thread?>(nil)

    init(socket: String, advert: HeardAdvert? = nil) throws {
        let port = try ControllerPort(path: socket)
        let isStopping = isStopping
        let count: @Sendable () -> Void = { [unowned self] in
            self.count.add(1, ordering: .relaxed)
        }
        let started = try Platform.Thread(name: "air") {
            var controller = VirtualController(
                model: .legacyOnly,
                publicAddress: AirAddress(octets: [1, 2, 3, 4, 5, 6], isRandom: false),
                random: RandomSource(seed: 1))
            guard let loop = try? EventLoop(),
                let socket = try? ControllerSocket(
                    loop, port, connected: {},
                    received: { controller.receive($0, at: MonotonicClock.now()) })
            else { return }
            while !isStopping.isRaised {
                _ = try? loop.runOnce(limit: .milliseconds(2))
                if controller.listeningChannel(at: MonotonicClock.now()) != nil { count() }
                if let advert { controller.hear(advert) }
                for packet in controller.takePackets() { socket.send(packet) }
            }
        }
        thread.withLock { $0 = started }
    }

    /// Adverts heard while it scanned.
    var adverts: Int { count.load(ordering: .relaxed) }

    func stop() {
        isStopping.raise()
        thread.withLock { $0.take() }?.join()
    }
}
