/// The paths of the files of a unit; each is made once.
struct DWARFFilePaths {
  /// As `llvm-symbolizer` says it: a file that is not known is `??`, and a number 0.
  struct Place {
    var file = "??"
    var line = 0
    var column = 0
  }

  /// Of the unit's line program; nil for a unit without one.
  var header: DWARFLineHeader?
  private let compilationFolder: String
  private var paths: [UInt64: String?] = [:]

  init(_ compilationFolder: String) { self.compilationFolder = compilationFolder }

  /// Where an instruction is; nil when its file is not known.
  mutating func place(of row: DWARFLineRow) throws(DWARFError) -> Place? {
    guard let file = try path(UInt64(row.file)) else { return nil }
    return Place(file: file, line: Int(row.line), column: Int(row.column))
  }

  /// Where an inlined call is.
  mutating func callPlace(_ call: DWARFFunctionEntry) throws(DWARFError) -> Place {
    Place(
      file: try path(call.callFile) ?? "??", line: Int(UInt32(truncatingIfNeeded: call.callLine)),
      column: Int(UInt32(truncatingIfNeeded: call.callColumn)))
  }

  private mutating func path(_ number: UInt64) throws(DWARFError) -> String? {
    if let path = paths[number] { return path }
    let path = try header?.path(ofFile: number, compilationFolder: compilationFolder)
    paths[number] = .some(path)
    return path
  }
}
