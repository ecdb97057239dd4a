/// What a debugging information entry describes: DWARF 5, section 7.5.3.
enum DWARFTag {
  static let inlinedSubroutine: UInt64 = 0x1D
  static let subprogram: UInt64 = 0x2E
}

/// What an attribute of an entry says: DWARF 5, section 7.5.4.
enum DWARFAttribute {
  static let name: UInt16 = 0x03
  static let lineProgram: UInt16 = 0x10
  static let lowAddress: UInt16 = 0x11
  static let highAddress: UInt16 = 0x12
  static let compilationFolder: UInt16 = 0x1B
  static let abstractOrigin: UInt16 = 0x31
  static let specification: UInt16 = 0x47
  static let ranges: UInt16 = 0x55
  static let callColumn: UInt16 = 0x57
  static let callFile: UInt16 = 0x58
  static let callLine: UInt16 = 0x59
  static let linkageName: UInt16 = 0x6E
  static let textOffsetsBase: UInt16 = 0x72
  static let addressBase: UInt16 = 0x73
  static let rangeListsBase: UInt16 = 0x74
  static let splitName: UInt16 = 0x76
  /// `DW_AT_MIPS_linkage_name`, of compilers before DWARF 4.
  static let formerLinkageName: UInt16 = 0x2007
  /// `DW_AT_GNU_dwo_name`, before DWARF 5.
  static let formerSplitName: UInt16 = 0x2130
}

/// How the value of an attribute is written: DWARF 5, section 7.5.6.
enum DWARFForm {
  static let address: UInt16 = 0x01
  static let block2: UInt16 = 0x03
  static let block4: UInt16 = 0x04
  static let data2: UInt16 = 0x05
  static let data4: UInt16 = 0x06
  static let data8: UInt16 = 0x07
  static let text: UInt16 = 0x08
  static let block: UInt16 = 0x09
  static let block1: UInt16 = 0x0A
  static let data1: UInt16 = 0x0B
  static let flag: UInt16 = 0x0C
  static let signedData: UInt16 = 0x0D
  static let textOffset: UInt16 = 0x0E
  static let unsignedData: UInt16 = 0x0F
  static let sectionReference: UInt16 = 0x10
  static let reference1: UInt16 = 0x11
  static let reference2: UInt16 = 0x12
  static let reference4: UInt16 = 0x13
  static let reference8: UInt16 = 0x14
  static let unsignedReference: UInt16 = 0x15
  static let sectionOffset: UInt16 = 0x17
  static let expression: UInt16 = 0x18
  static let flagPresent: UInt16 = 0x19
  static let textIndex: UInt16 = 0x1A
  static let addressIndex: UInt16 = 0x1B
  static let supplementReference4: UInt16 = 0x1C
  static let supplementText: UInt16 = 0x1D
  static let data16: UInt16 = 0x1E
  static let lineTextOffset: UInt16 = 0x1F
  static let signature: UInt16 = 0x20
  static let implicitConstant: UInt16 = 0x21
  static let locationListIndex: UInt16 = 0x22
  static let rangeListIndex: UInt16 = 0x23
  static let supplementReference8: UInt16 = 0x24
  static let textIndex1: UInt16 = 0x25
  static let textIndex4: UInt16 = 0x28
  static let addressIndex1: UInt16 = 0x29
  static let addressIndex4: UInt16 = 0x2C
}

extension DWARFForm {
  /// Bytes that each value has; nil where that depends on the value, or the form is not known.
  static func size(of form: UInt16) -> Int? {
    switch form {
    case flagPresent, implicitConstant: 0
    case data1, flag, reference1, textIndex1, addressIndex1: 1
    case data2, reference2, textIndex1 + 1, addressIndex1 + 1: 2
    case textIndex1 + 2, addressIndex1 + 2: 3
    case data4, textOffset, sectionReference, reference4, sectionOffset, supplementReference4,
      supplementText, lineTextOffset, textIndex4, addressIndex4:
      4
    case address, data8, reference8, signature, supplementReference8: 8
    case data16: 16
    default: nil
    }
  }
}
