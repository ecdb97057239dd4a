extension Exhaustive.Mismatch {
  /// The first step that two runs of one schedule do not have in common; nil if there is none.
  package init?(between former: [Event], and latter: [Event]) {
    let former = former.filter { !$0.kind.isAnnotation }
    let latter = latter.filter { !$0.kind.isAnnotation }
    let common = zip(former, latter).prefix { $0.thread == $1.thread && $0.kind == $1.kind }.count
    switch (former.dropFirst(common).first, latter.dropFirst(common).first) {
    case (let former?, let latter): self.init(former, latter, at: common)
    case (nil, let latter?): self.init(latter, nil, at: common)
    case (nil, nil): return nil
    }
  }

  private init(_ expected: Event, _ met: Event?, at step: Int) {
    self.init(step: step, expected: expected.operation, met: met?.operation)
  }
}
