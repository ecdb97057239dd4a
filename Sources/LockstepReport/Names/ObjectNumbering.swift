/// Tells objects of the same name apart by numbers, in the order in which they come.
struct ObjectNumbering {
  /// What two objects share that need numbers.
  ///
  /// A lock and the variable that refers to it have one name, and are one thing to the source.
  private struct Sharer: Hashable {
    var text: String
    var isLock: Bool
  }

  private var identities: [Sharer: [UInt]] = [:]
  /// Owners of the properties of one class: `Account` of `Account.lock`.
  private var owners: [Substring: [UInt]] = [:]

  mutating func add(_ candidate: ObjectNames.Candidate, at place: NamedPlace) {
    let sharer = Sharer(text: candidate.text, isLock: place.isLock)
    let identity = Self.identity(of: candidate, at: place)
    if identities[sharer]?.contains(identity) != true {
      identities[sharer, default: []].append(identity)
    }
    guard let owner = candidate.owner else { return }
    let kind = Self.kind(candidate.text)
    if owners[kind]?.contains(owner) != true { owners[kind, default: []].append(owner) }
  }

  /// The object's number from 1; nil where no other one has the same name.
  ///
  /// `Account.lock #2` is of the same account as `Account.balance #2`.
  func number(of candidate: ObjectNames.Candidate, at place: NamedPlace) -> Int? {
    let sharer = Sharer(text: candidate.text, isLock: place.isLock)
    guard let sharing = identities[sharer], sharing.count > 1 else { return nil }
    let order = candidate.owner == nil ? sharing : owners[Self.kind(candidate.text)] ?? sharing
    return order.firstIndex(of: Self.identity(of: candidate, at: place)).map { $0 + 1 }
  }

  private static func identity(
    of candidate: ObjectNames.Candidate, at place: NamedPlace
  ) -> UInt {
    candidate.owner ?? place.block?.base ?? place.address
  }

  /// What a name and those of its owner's other properties begin with.
  private static func kind(_ text: String) -> Substring { text.prefix { $0 != "." } }
}
