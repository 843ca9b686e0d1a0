// SPDX-License-Identifier: Apache-2.0
// What completes a program's command lines in a shell, from the same declarations as its help.
// Where a value is none of a few words, the shell's own completion of file names stands in.

extension Program {
    /// A script for bash-completion's folder.
    func bashCompletion() -> String {
        let function = "_" + name.map { $0 == "-" ? "_" : String($0) }.joined()
        let cases = commandsLongestFirst.map { command in
            var lines = ["        \(quoted(command.name))\" \"*)"]
            let choices = command.parameters.filter { $0.isOption && !$0.choices.isEmpty }
            if !choices.isEmpty { lines.append("            case $before in") }
            for option in choices {
                let words = option.choices.joined(separator: " ")
                lines.append("            \(option.name)) words=\(quoted(words)) ;;")
            }
            let words = bashWords(of: command)
            lines.append(
                choices.isEmpty
                    ? "            words=\(words) ;;"
                    : "            *) words=\(words) ;;\n            esac ;;")
            return lines.joined(separator: "\n")
        }
        let groups = groupWords.map { group, words in
            "        \(quoted(group))\" \") words=\(quoted(words)) ;;"
        }
        return """
            # Completion of \(name) \(Version.text) for bash, made by '\(name) --completion bash'.
            \(function)() {
                local before=${COMP_WORDS[COMP_CWORD - 1]} word=${COMP_WORDS[COMP_CWORD]} words=
                case "${COMP_WORDS[*]:1:COMP_CWORD - 1} " in
            \((cases + groups).joined(separator: "\n"))
                    " ") words=\(quoted(firstWords)) ;;
                esac
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
            }
            complete -o default -F \(function) \(name)

            """
    }

    /// A script for zsh's site-functions.
    func zshCompletion() -> String {
        let cases = commandsLongestFirst.map { command in
            let arguments = command.parameters.map(zshArgument) + ["'--help[show its options]'"]
            return """
                        \(quoted(command.name))" "*)
                            shift \(command.words.count) words
                            (( CURRENT -= \(command.words.count) ))
                            _arguments -S \\
                                \(arguments.joined(separator: " \\\n                "))
                            ;;
                """
        }
        let groups = groupWords.map { group, words in
            "        \(quoted(group))\" \") compadd \(words) ;;"
        }
        let commands = commands.filter { $0.words.count == 1 }.map {
            zshQuoted("\($0.name):\($0.summary)")
        }
        let described = commands + groupWords.map { zshQuoted("\($0.0):more commands") }
        return """
            #compdef \(name)
            # Completion of \(name) \(Version.text) for zsh, made by '\(name) --completion zsh'.
            local -a commands=(
                \(described.joined(separator: "\n    "))
            )
            case "${(j: :)words[2,CURRENT - 1]} " in
            \((cases + groups).joined(separator: "\n"))
                    " ") _describe command commands ;;
            esac

            """
    }

    private var commandsLongestFirst: [Command] {
        commands.sorted { ($1.words.count, $0.name) < ($0.words.count, $1.name) }
    }

    /// First words of commands of several words, and what may follow each.
    private var groupWords: [(String, String)] {
        let grouped = commands.filter { $0.words.count > 1 }
        let firsts = Set(grouped.map { $0.words[0] }).sorted()
        return firsts.map { first in
            let next = Set(grouped.filter { $0.words[0] == first }.map { $0.words[1] })
            return (first, next.sorted().joined(separator: " "))
        }
    }

    private var firstWords: String {
        let options = Self.ownOptions.map { $0.0.split(separator: " ")[0] }
        return (Set(commands.map { $0.words[0] }).sorted() + options.map(String.init))
            .joined(separator: " ")
    }

    private func bashWords(of command: Command) -> String {
        let options = command.parameters.filter(\.isOption).map(\.name) + ["--help"]
        let choices = command.parameters.filter { !$0.isOption }.flatMap(\.choices)
        return quoted((choices + options).joined(separator: " "))
    }

    private func zshArgument(_ parameter: ParameterSpecification) -> String {
        let help = parameter.help.filter { !"[]:'".contains($0) }
        let words = parameter.choices.joined(separator: " ")
        let value = words.isEmpty ? "_files" : "(\(words))"
        let message = parameter.name.filter { $0 != "-" }.lowercased()
        guard parameter.isOption else {
            return "'\(parameter.isRepeated ? "*" : ""):\(message):\(value)'"
        }
        let times = parameter.isRepeated ? "*" : ""
        let tail = parameter.placeholder == nil ? "" : ":\(message):\(value)"
        return "'\(times)\(parameter.name)[\(help)]\(tail)'"
    }

    private func quoted(_ words: String) -> String { "\"\(words)\"" }

    private func zshQuoted(_ words: String) -> String {
        "'" + words.map { $0 == "'" ? "’" : String($0) }.joined() + "'"
    }
}
