/// A cell of the notebook.
enum LabCell: String, CaseIterable {
  case race, steps, fine, coarse, bank, scoped

  /// What the cell is about, for a person who has not seen the notebook.
  var summary: String {
    switch self {
    case .race: "two threads add to one total, with nothing to keep them apart"
    case .steps: "a look inside 'total += i': where another thread cuts in"
    case .fine: "a lock around each increment: right, and slow"
    case .coarse: "one lock around the whole loop: right, and less slow"
    case .bank: "an unknown account throws after the lock was taken"
    case .scoped: "the same transfers with the lock taken by scope"
    }
  }
}
