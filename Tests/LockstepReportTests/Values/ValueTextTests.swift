import LockstepReport
import Testing

private enum Door: UInt8 { case open, shut }
private final class Account {}

struct `The text of a value` {
  @Test func `follows its type`() {
    #expect(ValueText.text(raw: 0xFFFF_FFFF, size: 4, type: Int32.self) == "-1")
    #expect(ValueText.text(raw: 0xFFFF_FFFF, size: 4, type: UInt32.self) == "4294967295")
    #expect(ValueText.text(raw: 0xFFFF_FF01, size: 1, type: Bool.self) == "true")
    #expect(ValueText.text(raw: (1.5).bitPattern, size: 8, type: Double.self) == "1.5")
    #expect(ValueText.text(raw: UInt64(Float(2.5).bitPattern), size: 4, type: Float.self) == "2.5")
    #expect(ValueText.text(raw: 1, size: 1, type: Door.self) == ".shut")
    #expect(ValueText.text(raw: 0, size: 8, type: Account?.self) == "nil")
    #expect(ValueText.text(raw: 4096, size: 8, type: Account.self) == "<Account>")
    #expect(ValueText.text(raw: 4096, size: 8, type: String.self) == "…")
    #expect(ValueText.text(raw: 4096, size: 8, type: [Int].self) == "…")
  }

  @Test func `without a type is a number, or a reference`() {
    #expect(ValueText.text(raw: 0xFF, size: 1) == "-1")
    #expect(ValueText.text(raw: 300, size: 2) == "300")
    #expect(ValueText.text(raw: 6, size: 8) == "6")
    #expect(ValueText.text(raw: (2.5).bitPattern, size: 8) == "2.5")
    #expect(ValueText.text(raw: .max, size: 8) == "-1")
    let account = Account()
    let address = UInt64(UInt(bitPattern: Unmanaged.passUnretained(account).toOpaque()))
    #expect(ValueText.text(raw: address, size: 8) == "<reference>")
    #expect(ValueText.text(raw: 1, size: 16) == nil)
    #expect(ValueText.text(raw: 1, size: 0) == nil)
  }
}
