/// Somebody else's actor, who has to be told.
actor Audit {
  private var entries: [Int] = []

  func record(_ amount: Int) { entries.append(amount) }
}
