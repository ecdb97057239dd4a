/// The value of an attribute, as it is written; what it means depends on the unit.
struct DWARFValue {
  var form: UInt16
  /// A number, an index or an offset; for a text in the entry itself its place.
  var raw: UInt64

  /// A number that cannot be negative.
  var unsigned: UInt64? {
    switch form {
    case DWARFForm.data1, DWARFForm.data2, DWARFForm.data4, DWARFForm.data8,
      DWARFForm.unsignedData, DWARFForm.implicitConstant:
      raw
    default: nil
    }
  }

  /// Where something begins in another section.
  var sectionOffset: Int? {
    switch form {
    case DWARFForm.sectionOffset, DWARFForm.data4: Int(clamping: raw)
    default: nil
    }
  }
}

extension DWARFCursor {
  /// Reads a value, or passes it where it is nothing that anybody asks for.
  mutating func value(_ attribute: DWARFAttributeForm) throws(DWARFError) -> DWARFValue {
    let form = attribute.form
    switch form {
    case DWARFForm.flagPresent: return DWARFValue(form: form, raw: 1)
    case DWARFForm.implicitConstant:
      return DWARFValue(form: form, raw: UInt64(bitPattern: attribute.implicitValue))
    case DWARFForm.text:
      let place = offset
      try skipText()
      return DWARFValue(form: form, raw: UInt64(place))
    case DWARFForm.signedData:
      return DWARFValue(form: form, raw: UInt64(bitPattern: try signedLEB()))
    case DWARFForm.unsignedData, DWARFForm.unsignedReference, DWARFForm.textIndex,
      DWARFForm.addressIndex, DWARFForm.locationListIndex, DWARFForm.rangeListIndex:
      return DWARFValue(form: form, raw: try unsignedLEB())
    case DWARFForm.block, DWARFForm.expression: try skip(try unsignedLEB())
    case DWARFForm.block1: try skip(try integer(bytes: 1))
    case DWARFForm.block2: try skip(try integer(bytes: 2))
    case DWARFForm.block4: try skip(try integer(bytes: 4))
    case DWARFForm.data16: try skip(16)
    default:
      guard let size = DWARFForm.size(of: form) else { throw .unsupported }
      return DWARFValue(form: form, raw: try integer(bytes: size))
    }
    return DWARFValue(form: form, raw: 0)
  }
}
