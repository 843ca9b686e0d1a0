// SPDX-License-Identifier: Apache-2.0
// The commands for staff accounts and for tokens of other programs.
import CommandLineKit
import Glibc
import Platform
import Timebase

extension HotelCommands {
    var people: [Command] {
        [addStaff, setPassword, endStaff, listStaff, addToken, endToken, listTokens, openAPI]
    }

    private static let staffName = Parameter.required(
        "NAME", ValueFormat.name, "what they log in with; the audit names them so")
    private static let tokenName = Parameter.required(
        "NAME", ValueFormat.name, "the program it is for, as 'pms'; the audit names it so")

    private var addStaff: Command {
        let role = Parameter.required(
            "--role", ValueFormat<StaffRole>.word("ROLE"),
            "desk (guests and doors), manager (also figures and audit) or it (doors and audit)")
        return Command(
            "staff add", summary: "Make an account for the board",
            discussion: """
                Asks for the password at the terminal, or reads it from standard input as one line.
                There is no account before the first is made here.
                """,
            parameters: [Self.staffName, role, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let name = arguments[Self.staffName]
            guard try desk.staffMember(named: name) == nil else {
                throw DeskError.staffExists(name)
            }
            let hash = try Self.newPassword(of: name, console)
            let member = try desk.addStaff(
                name: name, role: arguments[role], password: hash, by: Self.actor)
            console.print(JSONLine(member).text)
            return .done
        }
    }

    private var setPassword: Command {
        Command(
            "staff password", summary: "Set somebody's password, and end their sessions",
            parameters: [Self.staffName, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let name = arguments[Self.staffName]
            guard try desk.staffMember(named: name) != nil else {
                throw DeskError.unknownStaff(name, known: try desk.staff().map(\.name))
            }
            let hash = try Self.newPassword(of: name, console)
            console.print(
                JSONLine(try desk.setPassword(hash, of: name, by: Self.actor)).text)
            return .done
        }
    }

    private var endStaff: Command {
        Command(
            "staff end", summary: "End an account and its sessions",
            parameters: [Self.staffName, Self.database]
        ) { arguments, console in
            let member = try desk(arguments).endStaff(arguments[Self.staffName], by: Self.actor)
            console.print(JSONLine(member).text)
            return .done
        }
    }

    private var listStaff: Command {
        Command(
            "staff list", summary: "Print every account, one JSON object a line",
            parameters: [Self.database]
        ) { arguments, console in
            for member in try desk(arguments).staff() { console.print(JSONLine(member).text) }
            return .done
        }
    }

    private var addToken: Command {
        let scopes = Parameter.repeated(
            "--scope", ValueFormat<APIScope>.word("SCOPE"),
            "what it may do: " + APIScope.allCases.map(\.rawValue).joined(separator: ", "))
        let expires = Parameter.optional("--expires", .time, "when it ends; never where left out")
        return Command(
            "token add", summary: "Make a token for another program, printed once",
            parameters: [Self.tokenName, scopes, expires, Self.database]
        ) { arguments, console in
            let (token, secret) = try desk(arguments).addToken(
                name: arguments[Self.tokenName], scopes: arguments[scopes],
                expires: arguments[expires], by: Self.actor)
            var line = JSONLine(token)
            line.add("secret", secret.text)
            console.print(line.text)
            console.report("the secret is not kept; whoever has it may do what the scopes say")
            return .done
        }
    }

    private var endToken: Command {
        Command(
            "token end", summary: "End a token", parameters: [Self.tokenName, Self.database]
        ) { arguments, console in
            let token = try desk(arguments).endToken(arguments[Self.tokenName], by: Self.actor)
            console.print(JSONLine(token).text)
            return .done
        }
    }

    private var listTokens: Command {
        Command(
            "token list", summary: "Print every token without its secret",
            parameters: [Self.database]
        ) { arguments, console in
            for token in try desk(arguments).tokens() { console.print(JSONLine(token).text) }
            return .done
        }
    }

    private var openAPI: Command {
        Command("openapi", summary: "Print the description of the API, OpenAPI 3.1") { _, console in
            console.write(OpenAPI.document)
            return .done
        }
    }

    private static func newPassword(of name: String, _ console: Console) throws -> PasswordHash {
        let password = try PasswordPrompt.read(console)
        if let problem = PasswordHash.problem(with: password, of: name) {
            throw CommandFailure("\(problem); nothing was changed", status: .misused)
        }
        guard let hash = PasswordHash(password) else {
            throw CommandFailure(
                "64 MiB of memory are needed to keep a password; nothing was changed")
        }
        return hash
    }
}

extension JSONLine {
    init(_ member: StaffMember) {
        self.init()
        add("staff", member.name)
        add("role", member.role.rawValue)
        add("added", member.added.text)
        add("ended", member.ended?.text)
    }

    init(_ token: APIToken) {
        self.init()
        add("token", token.name)
        add(
            "scopes",
            list: APIScope.allCases.filter(token.scopes.contains).map {
                JSONLine.quoted($0.rawValue)
            })
        add("added", token.added.text)
        add("expires", token.expires?.text)
        add("ended", token.ended?.text)
    }
}
