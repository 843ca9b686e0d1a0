// SPDX-License-Identifier: Apache-2.0

/// `; did you mean 'x'?` for the known word nearest to a mistyped one, or nothing.
public func suggestion(for word: String, among known: [String]) -> String {
    let candidates = known.map { ($0, distance(word, $0)) }
    guard let nearest = candidates.min(by: { $0.1 < $1.1 }),
        nearest.1 <= max(2, word.count / 3)
    else { return "" }
    return "; did you mean '\(nearest.0)'?"
}

/// Levenshtein's distance: insertions, deletions and replacements from one word to the other.
private func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (index, character) in left.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in right.indices {
            let replaced = diagonal + (character == right[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
        }
    }
    return row[right.count]
}
