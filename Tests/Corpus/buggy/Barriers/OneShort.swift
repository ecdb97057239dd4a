extension CorpusProgram {
  /// The arrivals in every order; all wait for good.
  static let oneShort = CorpusProgram(
    "oneshort", "threads meet at a barrier for one thread more", parameters: ["threads"],
    defaults: [2], finding: "deadlock", classes: { (1...$0[0]).reduce(1, *) }
  ) { sizes in
    Participant.meet(sizes[0], needed: sizes[0] + 1)
  }
}
