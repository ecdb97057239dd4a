/// Somebody else's actor, who has to be told.
actor Audit {
  private var total = 0

  func record(_ amount: Int) { total += amount }
}
