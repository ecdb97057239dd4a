/// The executable and the libraries that are mapped into this process.
struct LoadedImages: Sendable {
  struct Image: Hashable, Sendable {
    var path: String
    /// Address in memory of what the file calls address 0.
    var bias: UInt
  }

  struct Mapping: Equatable, Sendable {
    var range: Range<UInt>
    var isWritable: Bool
    var isExecutable: Bool
    /// Index in `images`; nil for memory that no file backs.
    var image: Int?
  }

  private(set) var images: [Image] = []
  /// Ascending, without overlaps.
  private(set) var mappings: [Mapping] = []

  /// The images of this process now.
  static func current() -> LoadedImages {
    LoadedImages(maps: FileContents.text(of: "/proc/self/maps") ?? "") { base in
      ProcessMemory.bytes(at: base, count: 4096).flatMap { ELFHeader(ByteBlock(copying: $0)) }
    }
  }

  /// The images of another process now; none when it is gone.
  static func of(process: Int32) -> LoadedImages {
    let memory = ProcessMemory(process: process)
    return LoadedImages(maps: FileContents.text(of: "/proc/\(process)/maps") ?? "") { base in
      memory.bytes(at: base, count: 4096).flatMap { ELFHeader(ByteBlock(copying: $0)) }
    }
  }

  /// - Parameters:
  ///   - maps: lines of `/proc/self/maps`: see proc(5).
  ///   - header: reads the ELF header that is mapped at an address.
  init(maps: String, header: (UInt) -> ELFHeader?) {
    var open: (path: ArraySlice<UInt8>, index: Int?)?
    // By bytes: a process may have thousands of lines, and they are read whenever it maps something.
    for line in Array(maps.utf8).split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
      guard fields.count >= 5 else { continue }
      let ends = fields[0].split(separator: UInt8(ascii: "-")).compactMap(Self.number)
      guard ends.count == 2, ends[0] < ends[1] else { continue }
      let path = fields.count > 5 ? fields[5].drop { $0 == UInt8(ascii: " ") } : []
      let isFile = path.first == UInt8(ascii: "/")
      if isFile, open?.path != path {
        open = (path, nil)
        if Self.number(fields[2]) == 0, let header = header(ends[0]) {
          let path = String(decoding: path, as: UTF8.self)
          images.append(Image(path: path, bias: header.bias(mappedAt: ends[0])))
          open?.index = images.count - 1
        }
      }
      // Memory without a name right behind an image is the rest of its zeroed data.
      let follows = path.isEmpty && mappings.last?.range.upperBound == ends[0]
      let isOfImage = isFile || (follows && mappings.last?.isWritable == true)
      mappings.append(
        Mapping(
          range: ends[0]..<ends[1], isWritable: fields[1].contains(UInt8(ascii: "w")),
          isExecutable: fields[1].contains(UInt8(ascii: "x")), image: isOfImage ? open?.index : nil)
      )
      if !isOfImage { open = nil }
    }
  }

  /// A hexadecimal number in lower case; nil for anything else.
  private static func number(_ digits: ArraySlice<UInt8>) -> UInt? {
    guard !digits.isEmpty, digits.count <= 16 else { return nil }
    var value: UInt = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt(digit - 48)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt(digit - 87)
      default: return nil
      }
    }
    return value
  }

  func mapping(of address: UInt) -> Mapping? {
    var low = 0
    var high = mappings.count
    while low < high {
      let middle = (low + high) / 2
      if mappings[middle].range.upperBound <= address { low = middle + 1 } else { high = middle }
    }
    guard low < mappings.count, mappings[low].range.contains(address) else { return nil }
    return mappings[low]
  }

  func image(of address: UInt) -> Image? {
    mapping(of: address).flatMap(\.image).map { images[$0] }
  }
}
