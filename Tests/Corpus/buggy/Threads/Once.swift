import Foundation

/// A table that whoever needs it first fills.
private struct Table {
  var value = 0
  /// A control for each of the threads.
  var controls = (pthread_once_t(), pthread_once_t())
  let hasOneControl: Bool
}

/// Where `pthread_once` finds the table, as it hands its function nothing: in a value of the thread's own.
private let tableOfThread: pthread_key_t = {
  var key = pthread_key_t()
  pthread_key_create(&key, nil)
  return key
}()

private func fillTable() {
  let table = UnsafeMutableRawPointer(pthread_getspecific(tableOfThread))
  given(table, as: Table.self).pointee.value = 7
}

extension CorpusProgram {
  /// A control that is copied with what it is a part of controls nothing.
  ///
  /// Each thread fills and then reads. Of the two fillings one comes first, and the read after it comes
  /// before the other's filling or after it: four classes.
  static let onceEach = CorpusProgram(
    "once", "two threads fill a table once, each by a control of its own", parameters: [],
    defaults: [], finding: "dataRace", classes: { _ in 4 }
  ) { _ in
    fill(hasOneControl: false)
  }

  /// One control for all: the calls come in either order, and the first fills.
  static let onceForAll = CorpusProgram(
    "once-fixed", "two threads fill a table once", parameters: [], defaults: [],
    classes: { _ in 2 }
  ) { _ in
    fill(hasOneControl: true)
  }

  private static func fill(hasOneControl: Bool) -> Int {
    withShared(Table(hasOneControl: hasOneControl)) { table in
      let threads = Threads(count: 2)
      threads.start(0, table) { argument in
        pthread_setspecific(tableOfThread, argument)
        let table = given(argument, as: Table.self)
        pthread_once(&table.pointee.controls.0, fillTable)
        return UnsafeMutableRawPointer(bitPattern: table.pointee.value)
      }
      threads.start(1, table) { argument in
        pthread_setspecific(tableOfThread, argument)
        let table = given(argument, as: Table.self)
        if table.pointee.hasOneControl {
          pthread_once(&table.pointee.controls.0, fillTable)
        } else {
          pthread_once(&table.pointee.controls.1, fillTable)
        }
        return UnsafeMutableRawPointer(bitPattern: table.pointee.value)
      }
      threads.join()
      return table.pointee.value
    }
  }
}
