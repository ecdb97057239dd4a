import Foundation

/// What the threads of `meeting` and `oneshort` share: a barrier, and a number of each.
struct Meeting {
  var barrier = pthread_barrier_t()
  let numbers: UnsafeMutablePointer<Int>
  let count: Int
}

/// A thread's part of a meeting.
struct Participant {
  let meeting: UnsafeMutablePointer<Meeting>
  let number: Int

  /// Gives its number, waits for the others, and takes what all gave.
  func takePart() {
    meeting.pointee.numbers[number] = number + 1
    pthread_barrier_wait(&meeting.pointee.barrier)
    var sum = 0
    for other in 0..<meeting.pointee.count { sum += meeting.pointee.numbers[other] }
    meeting.pointee.numbers[meeting.pointee.count + number] = sum
  }

  /// Lets so many threads meet at a barrier for `needed`; the sum of what they took.
  static func meet(_ count: Int, needed: Int) -> Int {
    let numbers = zeros(count * 2, of: Int.self)
    defer { numbers.deallocate() }
    return withShared(Meeting(numbers: numbers, count: count)) { meeting in
      pthread_barrier_init(&meeting.pointee.barrier, nil, UInt32(needed))
      let participants = UnsafeMutablePointer<Participant>.allocate(capacity: count)
      defer { participants.deallocate() }
      let threads = Threads(count: count)
      for index in 0..<count {
        (participants + index).initialize(to: Participant(meeting: meeting, number: index))
        threads.start(index, participants + index) { argument in
          given(argument, as: Participant.self).pointee.takePart()
          return nil
        }
      }
      threads.join()
      pthread_barrier_destroy(&meeting.pointee.barrier)
      return (0..<count).reduce(0) { $0 + numbers[count + $1] }
    }
  }
}

extension CorpusProgram {
  /// The arrivals in every order, and nothing else: what was given was given before, and is taken after.
  static let meeting = CorpusProgram(
    "meeting", "threads give a number each, meet at a barrier, and take all numbers",
    parameters: ["threads"], defaults: [3], classes: { (1...$0[0]).reduce(1, *) }
  ) { sizes in
    Participant.meet(sizes[0], needed: sizes[0])
  }
}
