// SPDX-License-Identifier: Apache-2.0
// One connection: a handle of libmosquitto and its socket. The library writes no log and starts no
// thread; its words are kept only to say why a connection failed.
import CMosquitto
import Glibc
import Platform
import Timebase

/// Owns the library's handle.
final class MQTTConnection {
    weak var owner: MQTTClient?

    private let handle: OpaquePointer
    private var source: IOSource?
    /// The library's socket, and our own duplicate of it, which is what is watched: the library
    /// closes its socket when it likes, and epoll must be told before the watched one closes.
    private var descriptor: Int32 = -1
    private var watching: Int32 = -1
    private var watched: IOEvents = []
    /// What the library last complained of.
    private var complaint: String?

    init(_ settings: MQTTSettings) throws(MQTTError) {
        MQTTLibrary.start()
        guard let handle = mosquitto_new(settings.clientID, false, nil) else {
            throw .failed(doing: "make an MQTT client", words: String(cString: strerror(errno)))
        }
        self.handle = handle
        mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
        setCallbacks()
        mosquitto_max_inflight_messages_set(handle, settings.inflightMax)
        if let tls = settings.tls {
            try check(
                mosquitto_tls_set(
                    handle, tls.authorityFile, nil, tls.certificateFile, tls.keyFile, nil),
                "read the certificates")
            try check(mosquitto_tls_opts_set(handle, 1, "tlsv1.2", nil), "ask for TLS")
        }
        if let will = settings.will {
            try check(
                mosquitto_will_set(
                    handle, will.topic, Int32(will.payload.count), will.payload, 1,
                    will.isRetained), "leave a will")
        }
    }

    deinit {
        unwatch()
        mosquitto_destroy(handle)
    }

    func start(_ settings: MQTTSettings, overIPv4: Bool) throws(MQTTError) {
        let seconds = Int32(settings.keepAlive.milliseconds / 1_000)
        try check(
            mosquitto_connect_bind_async(
                handle, settings.host, Int32(settings.port), seconds, overIPv4 ? "0.0.0.0" : nil),
            "reach the broker at \(settings.host):\(settings.port)")
    }

    func sayGoodbye() { mosquitto_disconnect(handle) }

    func subscribe(to filters: [String]) throws(MQTTError) -> Int32 {
        var identifier: Int32 = 0
        var names: [UnsafeMutablePointer<CChar>?] = filters.map { strdup($0) }
        defer { names.forEach { free($0) } }
        try check(
            mosquitto_subscribe_multiple(
                handle, &identifier, Int32(names.count), &names, 1, 0, nil), "subscribe")
        return identifier
    }

    func publish(_ message: MQTTMessage) throws(MQTTError) -> Int32 {
        var identifier: Int32 = 0
        try check(
            mosquitto_publish(
                handle, &identifier, message.topic, Int32(message.payload.count),
                message.payload, 1, message.isRetained), "publish to \(message.topic)")
        return identifier
    }

    /// Reads and writes what can be.
    func turn(_ events: IOEvents) throws(MQTTError) {
        if events.contains(.writable) {
            try check(mosquitto_loop_write(handle, 1))
        }
        if !events.isDisjoint(with: [.readable, .failed, .hungUp]) {
            try check(mosquitto_loop_read(handle, 1))
        }
    }

    /// Keeps the connection alive, and notices when it is not.
    func lookAfterItself() throws(MQTTError) { try check(mosquitto_loop_misc(handle)) }

    func watch(
        _ loop: EventLoop, handler: @escaping (IOEvents) -> Void
    ) throws(SystemError) {
        let socket = mosquitto_socket(handle)
        let wanted: IOEvents =
            mosquitto_want_write(handle) ? [.readable, .writable] : .readable
        if socket != descriptor {
            unwatch()
            guard socket >= 0 else { return }
            // Children must not inherit it, or the connection would outlive us.
            try SystemError.check(fcntl(socket, F_SETFD, FD_CLOEXEC), "keep", "the broker's socket")
            watching = try SystemError.check(
                fcntl(socket, F_DUPFD_CLOEXEC, 0), "duplicate", "the broker's socket")
            source = try IOSource(loop, descriptor: watching, events: wanted, handler: handler)
            (descriptor, watched) = (socket, wanted)
        } else if wanted != watched {
            try source?.watch(for: wanted)
            watched = wanted
        }
    }

    func unwatch() {
        source = nil
        if watching >= 0 { close(watching) }
        (descriptor, watching, watched) = (-1, -1, [])
    }

    // MARK: - The library's results

    private func check(_ code: Int32, _ doing: String) throws(MQTTError) {
        guard code != MOSQ_ERR_SUCCESS.rawValue else { return }
        throw .failed(doing: doing, words: words(code))
    }

    private func check(_ code: Int32) throws(MQTTError) {
        guard code != MOSQ_ERR_SUCCESS.rawValue else { return }
        throw .lost(words(code))
    }

    private func words(_ code: Int32) -> String {
        if let complaint { return complaint }
        return code == MOSQ_ERR_ERRNO.rawValue
            ? String(cString: strerror(errno)) : String(cString: mosquitto_strerror(code))
    }

    private func setCallbacks() {
        mosquitto_connect_with_flags_callback_set(handle) { _, me, code, flags in
            MQTTConnection.owner(me)?.connected(code, hadSession: flags & 1 != 0)
        }
        mosquitto_publish_callback_set(handle) { _, me, identifier in
            MQTTConnection.owner(me)?.published(identifier)
        }
        mosquitto_subscribe_callback_set(handle) { _, me, identifier, count, granted in
            let codes = UnsafeBufferPointer(start: granted, count: Int(count))
            MQTTConnection.owner(me)?.subscribed(identifier, granted: Array(codes))
        }
        mosquitto_message_callback_set(handle) { _, me, message in
            guard let message = message?.pointee, let topic = message.topic else { return }
            let payload = UnsafeRawBufferPointer(
                start: message.payload, count: Int(message.payloadlen))
            MQTTConnection.owner(me)?.received(
                String(cString: topic), payload, isRetained: message.retain)
        }
        mosquitto_log_callback_set(handle) { _, me, level, words in
            guard let me, let words, level == MQTTLibrary.errorLevel else { return }
            Unmanaged<MQTTConnection>.fromOpaque(me).takeUnretainedValue().complaint =
                String(cString: words)
        }
    }

    private static func owner(_ me: UnsafeMutableRawPointer?) -> MQTTClient? {
        me.flatMap { Unmanaged<MQTTConnection>.fromOpaque($0).takeUnretainedValue().owner }
    }
}

/// libmosquitto wants to be started once; it is never stopped.
private enum MQTTLibrary {
    /// `MOSQ_LOG_ERR`
    static let errorLevel: Int32 = 0x08

    private static let isStarted = mosquitto_lib_init() == MOSQ_ERR_SUCCESS.rawValue

    static func start() { precondition(isStarted, "libmosquitto does not start") }
}
