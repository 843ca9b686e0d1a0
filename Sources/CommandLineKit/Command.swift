// SPDX-License-Identifier: Apache-2.0

/// How a program ends.
public enum ExitCode: Int32, Sendable {
    /// What was asked for is done.
    case done = 0
    /// The work could not be done, or a check found something wrong.
    case failed = 1
    /// The command line or a setting is wrong; nothing was attempted.
    case misused = 2
}

/// A failure in words for the operator: what, where, why, what happens now.
public struct CommandFailure: Error, CustomStringConvertible {
    public let description: String
    public let status: ExitCode

    public init(_ description: String, status: ExitCode = .failed) {
        self.description = description
        self.status = status
    }
}

/// One thing a program can do.
public struct Command: Sendable {
    /// One or more words, as `gateway add`.
    let name: String
    let summary: String
    /// Further paragraphs of help.
    let discussion: String
    let parameters: [ParameterSpecification]
    let run: @Sendable (Arguments, Console) throws -> ExitCode

    var words: [String] { name.split(separator: " ").map(String.init) }

    /// - Parameters:
    ///   - summary: one line that begins with a verb.
    ///   - run: may throw; a `CommandFailure` says how the program ends, any other error is
    ///     shown by its description and ends it as failed.
    public init(
        _ name: String, summary: String, discussion: String = "",
        parameters: [any CommandParameter] = [],
        run: @escaping @Sendable (Arguments, Console) throws -> ExitCode
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.parameters = parameters.map(\.specification)
        self.run = run
        let names = self.parameters.map(\.name)
        precondition(Set(names).count == names.count, "'\(name)' declares a parameter twice")
        let positionals = self.parameters.filter { !$0.isOption }
        precondition(
            positionals.dropLast().allSatisfy { $0.isRequired && !$0.isRepeated },
            "only the last positional of '\(name)' may be left out or repeated")
    }
}
